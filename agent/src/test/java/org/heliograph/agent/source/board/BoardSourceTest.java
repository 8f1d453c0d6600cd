package org.heliograph.agent.source.board;

import static org.assertj.core.api.Assertions.assertThat;

import com.pi4j.Pi4J;
import com.pi4j.context.Context;
import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.plugin.mock.provider.gpio.digital.MockDigitalInput;
import com.pi4j.plugin.mock.provider.gpio.digital.MockDigitalInputProvider;
import com.pi4j.plugin.mock.provider.gpio.digital.MockDigitalOutput;
import com.pi4j.plugin.mock.provider.gpio.digital.MockDigitalOutputProvider;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.heliograph.agent.config.Board;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.reading.Stamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoardSourceTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    /** 1,000 pulses are a kilowatt-hour: each is a watt-hour. */
    private static final long MILLIJOULES_PER_PULSE = 3_600_000L;

    private static final DeviceId LIGHTS = new DeviceId("casa1", "lights");
    private static final Board.Pulses INPUT = input("lights", 17, Duration.ofHours(1));

    private final KeptCounts counts = new KeptCounts();
    private final Reported intake = new Reported();
    private final ScriptedChips chips = new ScriptedChips();
    private final Context pi = Pi4J.newContextBuilder()
            .add(MockDigitalInputProvider.newInstance())
            .add(MockDigitalOutputProvider.newInstance())
            .add(chips)
            .build();

    private static final class KeptCounts implements Counts {
        private final Map<String, Long> kept = new HashMap<>();

        @Override
        public synchronized long of(String name) {
            return kept.getOrDefault(name, 0L);
        }

        synchronized boolean has(String name) {
            return kept.containsKey(name);
        }

        @Override
        public synchronized void keep(String name, long count) {
            kept.put(name, count);
        }
    }

    /** On the source's threads nothing is asserted: what is wrong is noted, and looked at when the test ends. */
    private final class Reported extends NoIntake {
        private final BlockingQueue<Readings> readings = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> faults = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> losses = new LinkedBlockingQueue<>();
        private final AtomicInteger failures = new AtomicInteger();
        private volatile Admission answer = new Admission.Kept(1);

        @Override
        public CompletableFuture<Admission> offer(Readings offered, Stamp stamp, Arrival arrival) {
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException("nobody foresaw it");
            }
            if (offered.series().getFirst() instanceof Series.Register register) {
                requireKept(offered.device().device(), register);
            }
            readings.add(offered);
            return CompletableFuture.completedFuture(answer);
        }

        /** The count has to be kept before the reading that shows it. */
        private void requireKept(String device, Series.Register register) {
            long shown = register.millijoules(register.size() - 1) / MILLIJOULES_PER_PULSE;
            long kept = counts.of("s0/" + device + "/energy/1000");
            if (!counts.has("s0/" + device + "/energy/1000") || kept < shown) {
                faults.add(device + " shows " + shown + " pulses while " + kept + " are kept");
            }
        }

        @Override
        public void lost(DeviceId device, String reason, long packs, long count) {
            if (!(answer instanceof Admission.Full)) {
                faults.add("a loss where there is room: " + device.device());
            }
            losses.add(device.device() + " " + reason + " " + packs + " " + count);
        }

        Readings await() throws InterruptedException {
            Readings next = readings.poll(2, TimeUnit.MINUTES);
            assertThat(next).isNotNull();
            return next;
        }
    }

    @AfterEach
    void the_intake_saw_nothing_wrong() {
        assertThat(intake.faults).isEmpty();
    }

    @Test
    void pulses_add_up_to_a_register() throws Exception {
        BoardSource source = start(pulses(INPUT));
        assertThat(intake.await()).isEqualTo(energy(LIGHTS, 0));

        pulse("lights", 3);
        source.close();

        assertThat(intake.await()).isEqualTo(energy(LIGHTS, 3 * MILLIJOULES_PER_PULSE));
    }

    @Test
    void the_register_is_reported_at_its_period() throws Exception {
        try (BoardSource _ = start(pulses(input("lights", 17, Duration.ofMillis(20))))) {
            for (int i = 0; i < 3; i++) {
                assertThat(intake.await()).isEqualTo(energy(LIGHTS, 0));
            }
        }
    }

    @Test
    void a_restart_goes_on_counting() throws Exception {
        BoardSource first = start(pulses(INPUT));
        intake.await();
        pulse("lights", 2);
        first.close();
        intake.await();

        Context again = Pi4J.newContextBuilder()
                .add(MockDigitalInputProvider.newInstance())
                .build();
        try (BoardSource second = source(pulses(INPUT), () -> again)) {
            second.start(intake);
            assertThat(intake.await()).isEqualTo(energy(LIGHTS, 2 * MILLIJOULES_PER_PULSE));
        }
    }

    @Test
    void an_input_that_is_taken_does_not_stop_the_others() throws Exception {
        Board.Pulses same = input("doors", 17, Duration.ofHours(1));
        Board.Pulses other = input("pumps", 18, Duration.ofHours(1));
        try (BoardSource _ = start(pulses(INPUT, same, other))) {
            assertThat(List.of(
                            intake.await().device().device(),
                            intake.await().device().device()))
                    .containsExactlyInAnyOrder("lights", "pumps");
        }
    }

    @Test
    void hardware_that_comes_late_is_waited_for() throws Exception {
        AtomicInteger absent = new AtomicInteger(3);
        try (BoardSource source = source(pulses(INPUT), () -> {
            if (absent.getAndDecrement() > 0) {
                throw new IllegalStateException("no /dev/gpiochip0");
            }
            return pi;
        })) {
            source.start(intake);
            assertThat(intake.await()).isEqualTo(energy(LIGHTS, 0));
        }
    }

    @Test
    void an_input_that_is_taken_for_a_while_is_waited_for() throws Exception {
        DigitalInput holder = pi.create(DigitalInput.newConfigBuilder(pi)
                .id("s0-lights-energy")
                .address(17)
                .provider("mock-digital-input")
                .build());
        try (BoardSource source = source(pulses(INPUT, input("pumps", 18, Duration.ofHours(1))), () -> pi)) {
            source.start(intake);
            assertThat(intake.await().device().device()).isEqualTo("pumps");
            pi.shutdown(holder.id());
            assertThat(intake.await()).isEqualTo(energy(LIGHTS, 0));
        }
    }

    @Test
    void absent_hardware_is_no_reason_to_fall() {
        BoardSource source = source(pulses(INPUT), () -> {
            throw new IllegalStateException("no /dev/gpiochip0");
        });
        source.start(intake);
        source.close();

        assertThat(intake.readings).isEmpty();
        pi.shutdown();
    }

    @Test
    void a_meter_constant_that_does_not_divide_never_drifts() {
        PulseCounter counter = new PulseCounter(0, 7);

        assertThat(counter.energy(1).value()).isEqualTo(514_285_714L);
        assertThat(counter.energy(7_000_000_000L).value()).isEqualTo(3_600_000_000_000_000_000L);
    }

    @Test
    void a_leak_is_reported_at_once_and_its_end_too() throws Exception {
        Board.Contact leak =
                new Board.Contact("tray-1", 22, Point.LEAK, true, 2, Duration.ofMillis(5), Duration.ofHours(1));
        try (BoardSource _ = start(new Board(List.of(), List.of(leak), List.of(), null))) {
            intake.await(); // the mock's line starts low: closed
            MockDigitalInput pin = pi.registry().get("leak-tray-1", MockDigitalInput.class);

            pin.mockState(DigitalState.HIGH);
            assertThat(intake.await()).isEqualTo(gauge("tray-1", Point.LEAK, 0));
            pin.mockState(DigitalState.LOW);
            assertThat(intake.await()).isEqualTo(gauge("tray-1", Point.LEAK, 2));
        }
    }

    @Test
    void a_contact_that_only_bounces_has_not_changed() throws Exception {
        // far longer than the bounces below take
        Board.Contact door =
                new Board.Contact("rack-1", 23, Point.DOOR, false, 1, Duration.ofSeconds(3), Duration.ofHours(1));
        try (BoardSource _ = start(new Board(List.of(), List.of(door), List.of(), null))) {
            assertThat(intake.await()).isEqualTo(gauge("rack-1", Point.DOOR, 0));
            MockDigitalInput pin = pi.registry().get("door-rack-1", MockDigitalInput.class);
            for (int i = 0; i < 10; i++) {
                pin.mockState(DigitalState.HIGH);
                pin.mockState(DigitalState.LOW);
            }
            pin.mockState(DigitalState.HIGH);

            assertThat(intake.await()).isEqualTo(gauge("rack-1", Point.DOOR, 1));
            assertThat(intake.readings).isEmpty();
        }
    }

    @Test
    void a_contact_says_that_it_is_there_without_a_change() throws Exception {
        Board.Contact door =
                new Board.Contact("rack-1", 23, Point.DOOR, false, 1, Duration.ofMillis(5), Duration.ofMillis(10));
        try (BoardSource _ = start(new Board(List.of(), List.of(door), List.of(), null))) {
            for (int i = 0; i < 3; i++) {
                assertThat(intake.await()).isEqualTo(gauge("rack-1", Point.DOOR, 0));
            }
        }
    }

    @Test
    void sensors_on_a_bus_are_measured_and_one_that_is_unplugged_holds_nobody_up() throws Exception {
        chips.answer(0x44, 0x66, 0x66, 0x93, 0x80, 0x00, 0xA2);
        Board.Sensor inlet = new Board.Sensor("inlet-1", new Board.Chip.Sht3x(), 1, 0x44, Duration.ofMillis(20));
        Board.Sensor gone = new Board.Sensor("inlet-2", new Board.Chip.Sht3x(), 1, 0x45, Duration.ofMillis(20));
        try (BoardSource source = start(new Board(List.of(), List.of(), List.of(gone, inlet), null))) {
            Readings first = intake.await();
            assertThat(first.device().device()).isEqualTo("inlet-1");
            assertThat(first.series().stream().map(Series::point))
                    .containsExactly(Point.SUPPLY_HUMIDITY, Point.INLET_TEMP);
            intake.await();
            assertThat(source.absences()).containsEntry("inlet-1", 0L);
            assertThat(source.absences().get("inlet-2")).isPositive();

            chips.answer(0x45, 0x66, 0x66, 0x93, 0x80, 0x00, 0xA2);
            while (!intake.await().device().device().equals("inlet-2")) {
                // it is plugged in again
            }
        }
    }

    @Test
    void a_measurement_that_finds_no_room_is_a_counted_loss() throws Exception {
        chips.answer(0x44, 0x66, 0x66, 0x93, 0x80, 0x00, 0xA2);
        intake.answer = new Admission.Full(1);
        Board.Sensor inlet = new Board.Sensor("inlet-1", new Board.Chip.Sht3x(), 1, 0x44, Duration.ofMillis(20));
        try (BoardSource _ = start(new Board(List.of(), List.of(), List.of(inlet), null))) {
            assertThat(intake.losses.poll(2, TimeUnit.MINUTES)).isEqualTo("inlet-1 turned-away 1 2");
        }
    }

    @Test
    void a_sensor_goes_on_after_a_measurement_that_something_failed_on() throws Exception {
        chips.answer(0x44, 0x66, 0x66, 0x93, 0x80, 0x00, 0xA2);
        intake.failures.set(1);
        Board.Sensor inlet = new Board.Sensor("inlet-1", new Board.Chip.Sht3x(), 1, 0x44, Duration.ofMillis(20));
        try (BoardSource _ = start(new Board(List.of(), List.of(), List.of(inlet), null))) {
            assertThat(intake.await().device().device()).isEqualTo("inlet-1");
        }
    }

    @Test
    void a_value_with_a_wrong_checksum_is_absent_and_counted() throws Exception {
        chips.answer(0x44, 0x66, 0x67, 0x93, 0x80, 0x00, 0xA2);
        Board.Sensor inlet = new Board.Sensor("inlet-1", new Board.Chip.Sht3x(), 1, 0x44, Duration.ofMillis(20));
        try (BoardSource source = start(new Board(List.of(), List.of(), List.of(inlet), null))) {
            assertThat(intake.await().series().stream().map(Series::point)).containsExactly(Point.SUPPLY_HUMIDITY);
            assertThat(source.absences().get("inlet-1")).isPositive();
        }
    }

    @Test
    void a_bus_that_hangs_holds_up_neither_pins_nor_other_buses_nor_the_end() throws Exception {
        chips.hang(0x45);
        chips.answer(0x44, 0x66, 0x66, 0x93, 0x80, 0x00, 0xA2);
        Board.Sensor hanging = new Board.Sensor("inlet-2", new Board.Chip.Sht3x(), 2, 0x45, Duration.ofMillis(20));
        Board.Sensor inlet = new Board.Sensor("inlet-1", new Board.Chip.Sht3x(), 1, 0x44, Duration.ofMillis(20));
        try (BoardSource _ = start(new Board(
                List.of(input("lights", 17, Duration.ofMillis(20))), List.of(), List.of(hanging, inlet), null))) {
            chips.awaitHang();
            intake.readings.clear();
            Set<String> heard = new HashSet<>();
            while (!heard.containsAll(Set.of("inlet-1", "lights"))) {
                heard.add(intake.await().device().device());
            }
        } finally {
            chips.release();
        }
    }

    @Test
    void the_light_flashes_as_often_as_its_signal_says() throws Exception {
        Map<Signal, String> cycles = new EnumMap<>(Signal.class);
        for (Signal signal : Signal.values()) {
            StatusLed led = new StatusLed(new Board.Led(27, false), () -> signal);
            StringBuilder cycle = new StringBuilder();
            for (int tick = 0; tick < StatusLed.CYCLE_TICKS; tick++) {
                cycle.append(led.next() ? '*' : '.');
            }
            cycles.put(signal, cycle.toString());
        }
        assertThat(cycles)
                .containsEntry(Signal.WELL, "*.............")
                .containsEntry(Signal.WAITING, "*.*...........")
                .containsEntry(Signal.FILLING, "*.*.*.........")
                .containsEntry(Signal.FAULT, "*.*.*.*.*.*.*.");

        try (BoardSource _ = start(new Board(List.of(INPUT), List.of(), List.of(), new Board.Led(27, true)))) {
            intake.await();
            BlockingQueue<DigitalState> states = new LinkedBlockingQueue<>();
            MockDigitalOutput pin = null;
            while (pin == null) {
                pin = pi.registry().exists("led") ? pi.registry().get("led", MockDigitalOutput.class) : null;
                Thread.onSpinWait();
            }
            pin.addListener(change -> states.add(change.state()));
            assertThat(states.poll(2, TimeUnit.MINUTES)).isNotNull();
        }
    }

    private BoardSource start(Board board) {
        BoardSource source = source(board, () -> pi);
        source.start(intake);
        return source;
    }

    private BoardSource source(Board board, Supplier<Context> context) {
        return new BoardSource(
                board,
                "casa1",
                counts,
                () -> Signal.WELL,
                MachineClock.of(InstantSource.fixed(NOW)),
                new Hardware(context, "mock-digital-input", "mock-digital-output", "mock-i2c"),
                Duration.ofMillis(2));
    }

    private static Board pulses(Board.Pulses... inputs) {
        return new Board(List.of(inputs), List.of(), List.of(), null);
    }

    private void pulse(String device, int times) {
        MockDigitalInput pin = pi.registry().get("s0-" + device + "-energy", MockDigitalInput.class);
        // an idle line is high; the mock's starts low
        pin.mockState(DigitalState.HIGH);
        for (int i = 0; i < times; i++) {
            pin.mockState(DigitalState.LOW);
            pin.mockState(DigitalState.HIGH);
        }
    }

    private static Board.Pulses input(String device, int pin, Duration period) {
        return new Board.Pulses(device, pin, Point.ENERGY, 1_000, Duration.ofMillis(3), period);
    }

    private static Readings gauge(String device, Point point, double value) {
        return new Readings(
                new DeviceId("casa1", device),
                "",
                new Sampling().gauge(point, NOW.toEpochMilli(), value).series());
    }

    private static Readings energy(DeviceId device, long millijoules) {
        return new Readings(
                device,
                "",
                new Sampling()
                        .register(Point.ENERGY, NOW.toEpochMilli(), millijoules)
                        .series());
    }
}

package org.heliograph.agent.source.gpio;

import static org.assertj.core.api.Assertions.assertThat;

import com.pi4j.Pi4J;
import com.pi4j.context.Context;
import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.plugin.mock.provider.gpio.digital.MockDigitalInput;
import com.pi4j.plugin.mock.provider.gpio.digital.MockDigitalInputProvider;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.junit.jupiter.api.Test;

class GpioSourceTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final DeviceId LIGHTS = new DeviceId("casa1", "lights");
    private static final AgentConfig.Gpio INPUT = input("lights", 17, Duration.ofHours(1));

    private final KeptCounts counts = new KeptCounts();
    private final Reported intake = new Reported();
    private final Context pi =
            Pi4J.newContextBuilder().add(MockDigitalInputProvider.newInstance()).build();

    private static final class KeptCounts implements Counts {
        private final Map<String, Long> kept = new HashMap<>();

        @Override
        public synchronized long of(String name) {
            return kept.getOrDefault(name, 0L);
        }

        @Override
        public synchronized void keep(String name, long count) {
            kept.put(name, count);
        }
    }

    private final class Reported implements Intake {
        private final BlockingQueue<Readings> readings = new LinkedBlockingQueue<>();

        @Override
        public CompletableFuture<Admission> offer(Readings offered, Arrival arrival) {
            // the count has to be kept before the reading that shows it
            assertThat(counts.kept).isNotEmpty();
            readings.add(offered);
            return CompletableFuture.completedFuture(new Admission.Kept(1));
        }

        @Override
        public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
            throw new AssertionError(reason);
        }

        Readings await() throws InterruptedException {
            Readings next = readings.poll(20, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            return next;
        }
    }

    @Test
    void pulses_add_up_to_a_register() throws Exception {
        GpioSource source = start(List.of(INPUT));
        assertThat(intake.await()).isEqualTo(energy(LIGHTS, 0));

        pulse("lights", 3);
        source.close();

        // 1,000 pulses are a kilowatt-hour: each is a watt-hour
        assertThat(intake.await()).isEqualTo(energy(LIGHTS, 3 * 3_600_000L));
    }

    @Test
    void the_register_is_reported_at_its_period() throws Exception {
        try (GpioSource _ = start(List.of(input("lights", 17, Duration.ofMillis(20))))) {
            for (int i = 0; i < 3; i++) {
                assertThat(intake.await()).isEqualTo(energy(LIGHTS, 0));
            }
        }
    }

    @Test
    void a_restart_goes_on_counting() throws Exception {
        GpioSource first = start(List.of(INPUT));
        intake.await();
        pulse("lights", 2);
        first.close();
        intake.await();

        Context again = Pi4J.newContextBuilder()
                .add(MockDigitalInputProvider.newInstance())
                .build();
        try (GpioSource second = source(List.of(INPUT), again)) {
            second.start(intake);
            assertThat(intake.await()).isEqualTo(energy(LIGHTS, 2 * 3_600_000L));
        }
    }

    @Test
    void an_input_that_is_taken_does_not_stop_the_others() throws Exception {
        AgentConfig.Gpio same = input("doors", 17, Duration.ofHours(1));
        AgentConfig.Gpio other = input("pumps", 18, Duration.ofHours(1));
        try (GpioSource _ = start(List.of(INPUT, same, other))) {
            assertThat(List.of(
                            intake.await().device().device(),
                            intake.await().device().device()))
                    .contains("lights");
        }
    }

    @Test
    void hardware_that_comes_late_is_waited_for() throws Exception {
        AtomicInteger absent = new AtomicInteger(3);
        try (GpioSource source = new GpioSource(
                List.of(INPUT),
                "casa1",
                counts,
                InstantSource.fixed(NOW),
                () -> {
                    if (absent.getAndDecrement() > 0) {
                        throw new IllegalStateException("no /dev/gpiochip0");
                    }
                    return pi;
                },
                "mock-digital-input",
                Duration.ofMillis(2))) {
            source.start(intake);
            assertThat(intake.await()).isEqualTo(energy(LIGHTS, 0));
        }
    }

    @Test
    void an_input_that_is_taken_for_a_while_is_waited_for() throws Exception {
        DigitalInput holder = pi.create(DigitalInput.newConfigBuilder(pi)
                .id("s0-lights")
                .address(17)
                .provider("mock-digital-input")
                .build());
        try (GpioSource source = source(List.of(INPUT, input("pumps", 18, Duration.ofHours(1))), pi)) {
            source.start(intake);
            assertThat(intake.await().device().device()).isEqualTo("pumps");
            pi.shutdown(holder.id());
            assertThat(intake.await()).isEqualTo(energy(LIGHTS, 0));
        }
    }

    @Test
    void absent_hardware_is_no_reason_to_fall() {
        GpioSource source = new GpioSource(
                List.of(INPUT),
                "casa1",
                counts,
                InstantSource.fixed(NOW),
                () -> {
                    throw new IllegalStateException("no /dev/gpiochip0");
                },
                GpioSource.GPIOD);
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

    private GpioSource start(List<AgentConfig.Gpio> inputs) {
        GpioSource source = source(inputs, pi);
        source.start(intake);
        return source;
    }

    private GpioSource source(List<AgentConfig.Gpio> inputs, Context context) {
        return new GpioSource(
                inputs,
                "casa1",
                counts,
                InstantSource.fixed(NOW),
                () -> context,
                "mock-digital-input",
                Duration.ofMillis(2));
    }

    private void pulse(String device, int times) {
        MockDigitalInput pin = pi.registry().get("s0-" + device, MockDigitalInput.class);
        // an idle line is high; the mock's starts low
        pin.mockState(DigitalState.HIGH);
        for (int i = 0; i < times; i++) {
            pin.mockState(DigitalState.LOW);
            pin.mockState(DigitalState.HIGH);
        }
    }

    private static AgentConfig.Gpio input(String device, int pin, Duration period) {
        return new AgentConfig.Gpio(device, pin, Point.ENERGY, 1_000, Duration.ofMillis(3), period);
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

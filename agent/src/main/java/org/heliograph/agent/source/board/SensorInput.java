package org.heliograph.agent.source.board;

import com.pi4j.io.i2c.I2C;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.heliograph.agent.config.Board;
import org.heliograph.agent.source.board.chip.Chip;
import org.heliograph.agent.source.board.chip.Ina;
import org.heliograph.agent.source.board.chip.Measurement;
import org.heliograph.agent.source.board.chip.Sht3x;
import org.heliograph.agent.source.board.chip.Wire;
import org.heliograph.telemetry.Backoff;
import org.heliograph.telemetry.reading.Sampling;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A chip on I2C, measured at its period for as long as it answers, and asked again, ever more rarely, when it doesn't. */
final class SensorInput implements Part {
    private static final Logger log = LoggerFactory.getLogger(SensorInput.class);

    private static final Duration RETRY_LAST = Duration.ofMinutes(1);

    private final Board.Sensor config;
    private final Chip chip;
    private final Backoff backoff;
    private final AtomicLong absences = new AtomicLong();
    private boolean begun;
    private @Nullable String trouble;

    SensorInput(Board.Sensor config) {
        this.config = config;
        this.chip = switch (config.chip()) {
            case Board.Chip.Sht3x _ -> new Sht3x();
            case Board.Chip.Ina219(Board.Shunt shunt) -> Ina.ina219(shunt.ohms(), shunt.maxAmperes());
            case Board.Chip.Ina226(Board.Shunt shunt) -> Ina.ina226(shunt.ohms(), shunt.maxAmperes());
        };
        Duration last = config.period().compareTo(RETRY_LAST) > 0 ? config.period() : RETRY_LAST;
        this.backoff = new Backoff(config.period(), last);
    }

    @Override
    public String name() {
        return "device=%s bus=%d address=0x%02x".formatted(config.device(), config.bus(), config.address());
    }

    /** Measurements, or values of one, that weren't to be had. */
    long absences() {
        return absences.get();
    }

    String device() {
        return config.device();
    }

    @Override
    public void open(Rig rig) {
        I2C i2c = rig.context()
                .create(I2C.newConfigBuilder(rig.context())
                        .id("i2c-%d-%02x".formatted(config.bus(), config.address()))
                        .bus(config.bus())
                        .device(config.address())
                        .provider(rig.hardware().i2c())
                        .build());
        Wire wire = new Pi4jWire(i2c);
        rig.after(rig.bus(config.bus()), Duration.ZERO, () -> measure(rig, wire));
    }

    @Override
    public void close() {
        // a gauge has no last words
    }

    private void measure(Rig rig, Wire wire) {
        Duration wait = config.period();
        try {
            if (!begun) {
                chip.begin(wire);
                begun = true;
            }
            take(rig, chip.measure(wire));
            backoff.reset();
        } catch (IOException e) {
            begun = false;
            absences.incrementAndGet();
            say(String.valueOf(e.getMessage()));
            wait = backoff.next();
        } finally {
            // also after what nobody foresaw, which ends this turn
            rig.after(rig.bus(config.bus()), wait, () -> measure(rig, wire));
        }
    }

    private void take(Rig rig, Measurement measurement) {
        absences.addAndGet(measurement.absences().size());
        if (measurement.absences().isEmpty()) {
            say(null);
        } else {
            say(String.join("; ", measurement.absences()));
        }
        if (!measurement.values().isEmpty()) {
            long now = rig.clock().millis();
            Sampling sampling = new Sampling();
            measurement.values().forEach((point, value) -> sampling.gauge(point, now, value));
            rig.report(config.device(), "i2c:%d/0x%02x".formatted(config.bus(), config.address()), sampling);
        }
    }

    /** Transitions only. One trouble after the other, without a whole measurement in between, is one. */
    private void say(@Nullable String reason) {
        if (reason == null && trouble != null) {
            log.info("i2c=measuring {}", name());
        } else if (reason != null && trouble == null) {
            log.warn("i2c=absent {} reason={}", name(), reason);
        }
        trouble = reason;
    }
}

package org.heliograph.agent.source.board;

import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.io.gpio.digital.PullResistance;
import java.util.concurrent.TimeUnit;
import org.heliograph.agent.config.Board;
import org.heliograph.telemetry.reading.Sampling;
import org.jspecify.annotations.Nullable;

/** An S0 pulse output: a register, reported at its period. */
final class PulseInput implements Part {
    private final Board.Pulses config;
    private final Counts counts;
    private @Nullable Runnable report;

    PulseInput(Board.Pulses config, Counts counts) {
        this.config = config;
        this.counts = counts;
    }

    @Override
    public String name() {
        return "device=" + config.device() + " pin=" + config.pin();
    }

    @Override
    public void open(Rig rig) {
        // the key says what was counted: another meter constant on the same device is another register
        String key = "s0/" + config.device() + "/" + config.point().label() + "/" + config.pulsesPerKilowattHour();
        PulseCounter counter = new PulseCounter(counts.of(key), config.pulsesPerKilowattHour());
        DigitalInput pin = rig.context()
                .create(DigitalInput.newConfigBuilder(rig.context())
                        .id("s0-" + config.device() + "-" + config.point().label())
                        .address(config.pin())
                        .pull(PullResistance.PULL_UP)
                        .debounce(
                                TimeUnit.NANOSECONDS.toMicros(config.debounce().toNanos()))
                        .provider(rig.hardware().inputs())
                        .build());
        // an S0 output is an open collector: a pulse pulls the line down
        pin.addListener(change -> {
            if (change.state() == DigitalState.LOW) {
                counter.pulse();
            }
        });
        Runnable register = () -> {
            long pulses = counter.pulses();
            counts.keep(key, pulses);
            rig.report(
                    config.device(),
                    "gpio:" + config.pin(),
                    new Sampling()
                            .register(
                                    config.point(),
                                    rig.clock().millis(),
                                    counter.energy(pulses).value()));
        };
        report = register;
        rig.every(rig.pins(), config.period(), register);
    }

    /** Once more, so that the pulses since the last report aren't lost. */
    @Override
    public void close() {
        if (report != null) {
            report.run();
        }
    }
}

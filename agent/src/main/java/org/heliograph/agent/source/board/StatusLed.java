package org.heliograph.agent.source.board;

import com.pi4j.io.gpio.digital.DigitalOutput;
import com.pi4j.io.gpio.digital.DigitalState;
import java.time.Duration;
import java.util.function.Supplier;
import org.heliograph.agent.config.Board;

/** The light: a cycle of ticks, at the first few of which it flashes. Dark, it says that no agent is running. */
final class StatusLed implements Part {
    /** Half a flash: on, or off. */
    static final Duration TICK = Duration.ofMillis(150);

    static final int CYCLE_TICKS = 14;

    private final Board.Led config;
    private final Supplier<Signal> signal;
    private Signal shown = Signal.WELL;
    private int tick;

    StatusLed(Board.Led config, Supplier<Signal> signal) {
        this.config = config;
        this.signal = signal;
    }

    @Override
    public String name() {
        return "led pin=" + config.pin();
    }

    @Override
    public void open(Rig rig) {
        DigitalState dark = config.activeLow() ? DigitalState.HIGH : DigitalState.LOW;
        DigitalOutput pin = rig.context()
                .create(DigitalOutput.newConfigBuilder(rig.context())
                        .id("led")
                        .address(config.pin())
                        .initial(dark)
                        .shutdown(dark)
                        .provider(rig.hardware().outputs())
                        .build());
        DigitalState light = config.activeLow() ? DigitalState.LOW : DigitalState.HIGH;
        rig.every(rig.pins(), TICK, () -> pin.state(next() ? light : dark));
    }

    @Override
    public void close() {
        // Pi4J leaves the pin in its shutdown state
    }

    /** Whether it is lit in the next tick. What it shows changes only between two cycles. */
    boolean next() {
        if (tick == 0) {
            shown = signal.get();
        }
        boolean lit = tick % 2 == 0 && tick / 2 < shown.flashes();
        tick = (tick + 1) % CYCLE_TICKS;
        return lit;
    }
}

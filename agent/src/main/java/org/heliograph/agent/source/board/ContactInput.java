package org.heliograph.agent.source.board;

import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.io.gpio.digital.PullResistance;
import java.util.concurrent.atomic.AtomicReference;
import org.heliograph.agent.config.Board;
import org.heliograph.telemetry.reading.Sampling;
import org.jspecify.annotations.Nullable;

/**
 * A leak or door contact: reported when a change is there after its debounce, and at its heartbeat. What the pin says is
 * read each time; a change that nobody told of is seen at the next heartbeat.
 */
final class ContactInput implements Part {
    private static final int WELL = 0;

    private final Board.Contact config;
    /** When the state began to be another than the one reported; null while it isn't. */
    private final AtomicReference<@Nullable Long> changedMillis = new AtomicReference<>();

    private int reported = -1;
    private boolean heartbeatDue;

    ContactInput(Board.Contact config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "device=" + config.device() + " pin=" + config.pin();
    }

    @Override
    public void open(Rig rig) {
        DigitalInput pin = rig.context()
                .create(DigitalInput.newConfigBuilder(rig.context())
                        .id(config.point().label() + "-" + config.device())
                        .address(config.pin())
                        .pull(PullResistance.PULL_UP)
                        .debounce(0L)
                        .provider(rig.hardware().inputs())
                        .build());
        pin.addListener(_ -> {
            if (changedMillis.compareAndSet(null, rig.clock().millis())) {
                rig.after(rig.pins(), config.debounce(), () -> settle(rig, pin));
            }
        });
        rig.every(rig.pins(), config.heartbeat(), () -> beat(rig, pin));
    }

    @Override
    public void close() {
        // its state is known
    }

    /** Not while it bounces. */
    private void beat(Rig rig, DigitalInput pin) {
        heartbeatDue = changedMillis.get() != null;
        if (!heartbeatDue) {
            report(rig, pin, rig.clock().millis());
        }
    }

    /** After the debounce: either it has changed, since then, or it was noise. */
    private void settle(Rig rig, DigitalInput pin) {
        Long since = changedMillis.getAndSet(null);
        if (since != null && value(pin.state()) != reported) {
            report(rig, pin, since);
        } else if (heartbeatDue) {
            beat(rig, pin);
        }
    }

    private void report(Rig rig, DigitalInput pin, long atMillis) {
        int value = value(pin.state());
        reported = value;
        rig.report(config.device(), "gpio:" + config.pin(), new Sampling().gauge(config.point(), atMillis, value));
    }

    /** The contact is between the pin, which is pulled up, and ground: closed is low. */
    private int value(DigitalState state) {
        boolean closed = state == DigitalState.LOW;
        return closed == config.normallyOpen() ? config.raised() : WELL;
    }
}

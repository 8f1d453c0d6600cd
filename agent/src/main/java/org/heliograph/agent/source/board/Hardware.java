package org.heliograph.agent.source.board;

import com.pi4j.Pi4J;
import com.pi4j.context.Context;
import java.util.function.Supplier;

/**
 * Who reaches the hardware.
 *
 * @param context makes Pi4J's
 * @param inputs Pi4J's name of what reads pins
 * @param outputs of what sets them
 * @param i2c of what reaches the buses
 */
public record Hardware(Supplier<Context> context, String inputs, String outputs, String i2c) {
    /**
     * gpiod and the kernel's I2C devices: on every Pi, also 5, and without root. Closed by whoever opened it alone: a hook of
     * its own would take the pins away from an agent that is ending, and hold the process's end up where a bus hangs.
     */
    public static final Hardware PI = new Hardware(
            () -> Pi4J.newContextBuilder().autoDetect().disableShutdownHook().build(),
            "gpiod-digital-input",
            "gpiod-digital-output",
            "linuxfs-i2c");
}

package org.heliograph.lab.demo;

import java.util.List;
import java.util.Locale;
import org.heliograph.lab.pipeline.DeviceCheck.Told;
import org.heliograph.sim.fault.Effect;
import org.heliograph.telemetry.quantity.Millijoules;

/** What became of each fault: what its device really counted meanwhile, what the engine makes of it, and what it says. */
final class FaultTable {
    private final Terminal terminal;

    FaultTable(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(List<Told> faults) {
        terminal.line("");
        terminal.line(String.format(
                "%-10s %-10s %-20s %-20s %-10s %12s %12s  %s",
                "fault", "device", "from (UTC)", "to", "expected", "truth kWh", "engine", "flags"));
        faults.forEach(told -> terminal.line(line(told)));
    }

    private static String line(Told told) {
        Effect effect = told.effect();
        return String.format(
                Locale.ROOT,
                "%-10s %-10s %-20s %-20s %-10s %12.6f %12.6f  %s",
                effect.fault().kind().label(),
                effect.fault().device(),
                effect.from(),
                effect.to(),
                effect.outcome().label(),
                new Millijoules(effect.truthMillijoules()).kilowattHours(),
                new Millijoules(told.storedMillijoules()).kilowattHours(),
                told.flags() + (told.differences().isEmpty() ? "" : "  <- not as expected"));
    }
}

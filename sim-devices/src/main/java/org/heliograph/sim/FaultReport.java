package org.heliograph.sim;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.heliograph.sim.fault.Effect;
import org.heliograph.sim.fault.Fault;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.telemetry.quantity.Millijoules;

/** The ledger of faults, for people and for programs. */
public final class FaultReport {

    private FaultReport() {}

    /** A line for each fault, under a headline. */
    public static List<String> lines(FaultLedger faults) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                "%-10s %-10s %-20s %-20s %-10s %12s  %s",
                "fault", "device", "from (figures)", "to", "outcome", "truth kWh", "expected"));
        for (Effect effect : faults.effects()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-10s %-10s %-20s %-20s %-10s %12.6f  %s",
                    effect.fault().kind().label(),
                    effect.fault().device(),
                    effect.from(),
                    effect.to(),
                    effect.outcome().label(),
                    new Millijoules(effect.truthMillijoules()).kilowattHours(),
                    effect.expected()));
        }
        return lines;
    }

    static void write(Path file, FaultLedger faults) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(Files.newBufferedWriter(file))) {
            json.useDefaultPrettyPrinter();
            json.writeStartArray();
            for (Effect effect : faults.effects()) {
                write(json, effect);
            }
            json.writeEndArray();
        }
    }

    private static void write(JsonGenerator json, Effect effect) throws IOException {
        Fault fault = effect.fault();
        json.writeStartObject();
        json.writeStringField("device", fault.device());
        json.writeStringField("kind", fault.kind().label());
        json.writeStringField("fault_from", fault.from().toString());
        json.writeStringField("fault_to", fault.to().toString());
        json.writeStringField("figures_from", effect.from().toString());
        json.writeStringField("figures_to", effect.to().toString());
        json.writeStringField("outcome", effect.outcome().label());
        json.writeBooleanField("marked", effect.isMarked());
        json.writeBooleanField("may_exceed", effect.mayExceed());
        json.writeNumberField("truth_mj", effect.truthMillijoules());
        json.writeStringField("expected", effect.expected());
        json.writeEndObject();
    }
}

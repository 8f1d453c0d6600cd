package org.heliograph.sim;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.sim.fault.ChosenFault;
import org.heliograph.sim.fault.FaultKind;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.plant.Layout;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What goes wrong on the simulated site: what several commands have in common. */
final class FaultOptions {
    private static final Pattern FORM =
            Pattern.compile("(?<kind>[^:]+):(?<device>[^@]+)@(?<time>[^/]+)(?:/(?<duration>.+))?");

    @Option(
            names = "--faults",
            paramLabel = "KINDS",
            description = "'all', or some with commas between them: drop, duplicate, reorder, delay, outage, reset,"
                    + " rollover, stuck, swap, spike, glitch, skew, alarm. --seed draws devices and times: one fault of each"
                    + " kind a day; of live devices only in their first day")
    private @Nullable String faults;

    @Option(
            names = "--fault",
            paramLabel = "KIND:DEVICE@TIME[/DURATION]",
            description = {
                "exactly this fault; may be given several times",
                "TIME is a moment, or +10m after the start: outage:pdu-a01a@+5m/10m, reset:ups-a@2026-07-01T10:05:00Z"
            })
    private List<String> chosen = List.of();

    @Option(
            names = "--faults-file",
            paramLabel = "FILE",
            description = "write to this file, as JSON, what each fault does to the figures")
    private @Nullable Path file;

    /** @throws IllegalArgumentException with a sentence, if there is no such kind */
    Set<FaultKind> kinds() {
        if (faults == null) {
            if (file != null && chosen.isEmpty()) {
                throw new IllegalArgumentException("--faults-file is nothing without --faults or --fault");
            }
            return Set.of();
        }
        if (!chosen.isEmpty()) {
            throw new IllegalArgumentException("--faults or --fault, not both");
        }
        try {
            return FaultKind.parse(faults);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--faults: " + e.getMessage(), e);
        }
    }

    /**
     * The faults that were chosen.
     *
     * @param start when the devices begin
     * @param end when they end; null for those that go on live
     * @throws IllegalArgumentException with a sentence, if there can't be such a fault
     */
    FaultPlan chosen(Layout layout, Instant start, @Nullable Instant end, InstantSource clock) {
        ZoneId zone = layout.model().zone();
        try {
            return new FaultPlan(chosen.stream()
                            .map(text -> fault(text, start, end, zone, clock).on(layout))
                            .toList())
                    .on(layout);
        } catch (IllegalArgumentException e) {
            String message = Objects.requireNonNullElse(e.getMessage(), e.toString());
            throw new IllegalArgumentException(message.startsWith("--fault: ") ? message : "--fault: " + message, e);
        }
    }

    private static ChosenFault fault(
            String text, Instant start, @Nullable Instant end, ZoneId zone, InstantSource clock) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a fault such as outage:pdu-a01a@+5m/10m");
        }
        Instant from = SiteOptions.moment("--fault", form.group("time"), zone, clock, start);
        if (from.isBefore(start)) {
            throw new IllegalArgumentException(text + " would be before " + start + ", when the devices begin");
        }
        if (end != null && !from.isBefore(end)) {
            throw new IllegalArgumentException(text + " would not begin before " + end + ", the end");
        }
        FaultKind kind = FaultKind.only(form.group("kind"));
        if (from.equals(start) && (kind == FaultKind.RESET || kind == FaultKind.SWAP)) {
            throw new IllegalArgumentException(
                    text + " would be at " + start + ", when the devices begin: nobody has seen the counter before it");
        }
        return new ChosenFault(
                kind,
                form.group("device"),
                from,
                Optional.ofNullable(form.group("duration")).map(duration -> SiteOptions.minutes("--fault", duration)));
    }

    /** @throws IllegalArgumentException with a sentence, if nothing can be written there */
    @Nullable
    Path file() {
        if (file != null) {
            requireWritable("--faults-file", file);
        }
        return file;
    }

    /** Before anything is begun: it is written at the end. */
    static void requireWritable(String option, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(option + ": " + file + " is a folder, not a file");
        }
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new IllegalArgumentException(option + ": " + folder + " is no folder that can be written to");
        }
    }
}

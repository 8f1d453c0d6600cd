package org.heliograph.agent;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.time.AgentClock;
import org.heliograph.agent.intake.time.Stamping;
import org.heliograph.agent.intake.time.Standing;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;

/**
 * Writes what sources hand in, a line each, and keeps nothing of it. Names, topics and serial numbers are as whoever sent them
 * wants them: what a terminal takes for a command is shown as a sign.
 */
final class Printout implements Intake {
    /** With those that change the direction of what is written. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\x{2028}\\x{2029}]");

    private final PrintWriter out;
    private final Roster roster;
    private final Stamping stamping;
    private final Set<String> lacking = new TreeSet<>();
    private long decoded;
    private long refused;

    /** @param stamping says what a running agent would make of the devices' times, were its clock right */
    Printout(PrintWriter out, Roster roster, Stamping stamping) {
        this.out = out;
        this.roster = roster;
        this.stamping = stamping;
    }

    /**
     * Says how much it was, and which devices the site's model lacks.
     *
     * @return the packs that were decoded
     */
    synchronized long end() {
        say("%d %s decoded, %d refused".formatted(decoded, decoded == 1 ? "pack" : "packs", refused));
        lacking.forEach(this::warn);
        out.flush();
        return decoded;
    }

    @Override
    public synchronized CompletableFuture<Admission> offer(Readings offered, Stamp stamp, Arrival arrival) {
        long wallMillis = arrival.at().toEpochMilli();
        long upMillis = arrival.came().upMillis();
        AgentClock.Look right = new AgentClock.Look(new Standing.Believed(0, true), wallMillis, upMillis, "");
        try {
            return switch (stamping.of(
                    offered, stamp, new Stamping.Came(wallMillis, upMillis, arrival.live()), right)) {
                case Stamping.Stamped.Refused refused -> refuse(refused.reason(), arrival);
                case Stamping.Stamped.Kept kept -> print(kept, arrival);
            };
        } catch (IllegalArgumentException e) {
            return refuse("a time that can't be: " + e.getMessage(), arrival);
        }
    }

    private CompletableFuture<Admission> print(Stamping.Stamped.Kept kept, Arrival arrival) {
        Readings readings = kept.readings();
        decoded++;
        kept.unbelieved()
                .ifPresent(reason -> say("shifted  %s: %s: the time of its arrival counts"
                        .formatted(readings.device().device(), reason)));
        String device = readings.device().device();
        if (roster.lacks(device) && lacking.add(device)) {
            warn(device);
        }
        for (Series series : readings.series()) {
            for (int i = 0; i < series.size(); i++) {
                line(
                        Instant.ofEpochMilli(series.timeMillis(i)),
                        device,
                        series.point().label(),
                        value(series, i),
                        arrival);
            }
        }
        if (!readings.serial().isEmpty()) {
            Series first = readings.series().getFirst();
            line(Instant.ofEpochMilli(first.timeMillis(0)), device, "serial", readings.serial(), arrival);
        }
        out.flush();
        return CompletableFuture.completedFuture(new Admission.Kept(0));
    }

    @Override
    public synchronized CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        refused++;
        say("refused  %s: %s".formatted(arrival.source(), reason));
        out.flush();
        return CompletableFuture.completedFuture(new Admission.Refused(reason));
    }

    @Override
    public void heard(DeviceId device) {
        // nothing to print
    }

    @Override
    public synchronized CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
        say("%s  %-20s %s"
                .formatted(
                        presence.since(),
                        device.device(),
                        (presence.online() ? "online " : "offline ") + presence.reason()));
        out.flush();
        return CompletableFuture.completedFuture(new Admission.Kept(0));
    }

    @Override
    public void unattended(DeviceId device) {
        // nothing to print
    }

    @Override
    public synchronized void lost(DeviceId device, String reason, long packs, long readings) {
        say("lost     %s: %s".formatted(device.device(), reason));
        out.flush();
    }

    /** With the first of its readings, and again at the end, where it isn't scrolled away. */
    private void warn(String device) {
        say("warning: " + roster.lack(device));
    }

    private void say(String line) {
        out.println(CONTROL.matcher(line).replaceAll("\uFFFD"));
    }

    private void line(Instant time, String device, String what, String value, Arrival arrival) {
        say("%s  %-20s %-16s %14s  %s".formatted(time, device, what, value, arrival.source()));
    }

    private static String value(Series series, int i) {
        return switch (series) {
            case Series.Register register -> energy(register.millijoules(i));
            case Series.Gauge gauge ->
                String.format(
                        Locale.ROOT,
                        "%.3f %s",
                        gauge.value(i),
                        gauge.point().unit().symbol());
        };
    }

    /** A meter that is new, or a small one, has counted less than three decimals of kWh show. */
    private static String energy(long millijoules) {
        double kilowattHours = (double) millijoules / Millijoules.PER_KILOWATT_HOUR;
        return Math.abs(millijoules) < Millijoules.PER_KILOWATT_HOUR
                ? String.format(Locale.ROOT, "%.3f Wh", kilowattHours * 1000)
                : String.format(Locale.ROOT, "%.3f kWh", kilowattHours);
    }
}

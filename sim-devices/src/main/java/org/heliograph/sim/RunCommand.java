package org.heliograph.sim;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.heliograph.sim.fault.Fault;
import org.heliograph.sim.fault.FaultKind;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.plant.Layout;
import org.heliograph.telemetry.Stopping;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.HostPort;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sim run}. */
@Command(
        name = "run",
        description = {
            "Runs the devices of a simulated site until Ctrl-C.",
            "",
            "Cooling units and room sensors are CoAP servers; all other devices publish to an MQTT broker. With --replay-from it "
                    + "first replays a past period, then continues live. If it is started again on the same day (in the site's "
                    + "time zone), its meters have counted on meanwhile."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./heliograph sim run --racks 10 --mqtt tcp://127.0.0.1:1883 --announce devices.json",
            "  ./heliograph sim run --mqtt tcp://127.0.0.1:1883 --coap-port-base 40001 --replay-from today",
            "  ./heliograph sim run --racks 10 --mqtt tcp://127.0.0.1:1883 --replay-from 2026-07-01T11:00:00Z"
                    + " --replay-to 2026-07-01T12:00:00Z",
            "  ./heliograph sim run --racks 10 --mqtt ssl://mqtt:8883 --mqtt-ca ca.pem --mqtt-user devices"
                    + " --mqtt-password-file password.txt",
            "  ./heliograph sim run --racks 10 --mqtt tcp://127.0.0.1:1883 --fault outage:pdu-a01a@+2m/10m"
                    + " --fault alarm:crac-01@+5m/10m",
            "  ./heliograph sim run --racks 10 --mqtt tcp://127.0.0.1:1883 --replay-from today --faults drop,reset,delay",
            "",
            "Exit codes: 0 ok, 1 failed, or nobody received some of a replay with --replay-to, 2 wrong usage."
        })
final class RunCommand implements Callable<Integer> {
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(30);

    @Mixin
    private SiteOptions site = new SiteOptions();

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private FaultOptions faultOptions = new FaultOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--coap-host",
            defaultValue = "127.0.0.1",
            paramLabel = "HOST",
            description = "address of the CoAP devices (default: ${DEFAULT-VALUE})")
    private String coapHost = "127.0.0.1";

    @Option(
            names = "--coap-port-base",
            defaultValue = "0",
            paramLabel = "PORT",
            description =
                    "port of the first CoAP device, the others follow; 0 for free ports (default: ${DEFAULT-VALUE})")
    private int coapPortBase;

    @Option(
            names = "--announce",
            paramLabel = "FILE",
            description = "write the address of each CoAP device to this file, as JSON")
    private @Nullable Path announce;

    @Option(
            names = "--replay-from",
            paramLabel = "MOMENT",
            description = "start of the replay: today, 2026-07-01 or 2026-07-01T08:00:00Z")
    private @Nullable String replayFrom;

    @Option(
            names = "--replay-to",
            paramLabel = "MOMENT",
            description =
                    "end of the replay and of the program; without it, the replay ends now and the devices continue live")
    private @Nullable String replayTo;

    @Option(
            names = "--cadence",
            defaultValue = "1m",
            paramLabel = "DURATION",
            description = "time between readings in a replay (default: ${DEFAULT-VALUE})")
    private String cadence = "1m";

    @Option(
            names = "--instants",
            defaultValue = "10",
            paramLabel = "N",
            description = "readings of a device in each message of a replay, 1 to 20 (default: ${DEFAULT-VALUE})")
    private int instants;

    @Option(
            names = "--speed",
            paramLabel = "X",
            description = "at most this many simulated seconds per second in a replay")
    private @Nullable Double speed;

    @Option(
            names = "--wait-first",
            defaultValue = "60s",
            paramLabel = "DURATION",
            description = "how long a replay waits for subscribers and observers to begin (default: ${DEFAULT-VALUE})")
    private String waitFirst = "60s";

    @Option(
            names = "--wait-lost",
            defaultValue = "2m",
            paramLabel = "DURATION",
            description = "how long a replay waits for an observer that went away (default: ${DEFAULT-VALUE})")
    private String waitLost = "2m";

    @Override
    public Integer call() throws IOException, ConfigurationException, InterruptedException {
        SiteModel model = site.model();
        InstantSource clock = InstantSource.system();
        Instant thisMinute = Instant.ofEpochSecond(clock.instant().getEpochSecond() / 60 * 60);
        Instant start =
                replayFrom == null ? thisMinute : SiteOptions.moment("--replay-from", replayFrom, model.zone(), clock);
        Instant end = replayTo == null ? thisMinute : SiteOptions.moment("--replay-to", replayTo, model.zone(), clock);
        if (end.isBefore(start) || (replayFrom == null && replayTo != null)) {
            throw new IllegalArgumentException("a replay goes from --replay-from to a later --replay-to, or to now");
        }
        requirePorts();
        Set<FaultKind> kinds = faultOptions.kinds();
        site.requireUnchanged(model, start, end);
        FaultPlan chosen = faultOptions.chosen(Layout.of(model, start), start, replayTo == null ? null : end, clock);
        Path faultsFile = faultOptions.file();
        if (announce != null) {
            FaultOptions.requireWritable("--announce", announce);
        }
        Duration step = SiteOptions.duration("--cadence", cadence);
        Settings settings = new Settings(
                site.siteYaml(),
                SiteOptions.midnight(start, model.zone()), // who starts again on that day finds the same meters
                start,
                site.seed(),
                site.itLoad(),
                broker.broker(),
                new Settings.Coap(coapHost, coapPortBase),
                new Settings.Replay(
                        speed == null ? Double.POSITIVE_INFINITY : speed,
                        SiteOptions.duration("--wait-first", waitFirst),
                        SiteOptions.duration("--wait-lost", waitLost)),
                clock,
                new Settings.Faulty(kinds, faultsUntil(start, end), chosen));
        notes(model, start);
        try (Stopping _ = Stopping.interruptsThisThread(CLOSED_WITHIN)) {
            SimulatedSite simulated = SimulatedSite.open(settings);
            boolean heard = true;
            try (simulated) {
                announce(simulated);
                heard = tell(simulated, start, end, step);
            } catch (InterruptedException _) {
                // Ctrl-C
            } finally {
                if (faultsFile != null) {
                    FaultReport.write(faultsFile, simulated.faults(step));
                }
            }
            return heard || replayTo == null ? 0 : 1;
        }
    }

    private void notes(SiteModel model, Instant start) {
        PrintWriter err = spec.commandLine().getErr();
        String name = spec.qualifiedName() + ": ";
        site.notes(model, start).forEach(note -> err.println(name + note));
        if (replayTo == null) {
            SiteOptions.nextChange(model, start)
                    .ifPresent(change -> err.println(
                            name + "the site changes at " + change + "; its devices go on as they are at " + start));
        }
    }

    private void requirePorts() {
        if (coapPortBase < 0 || coapPortBase > HostPort.PORT_MAX) {
            throw new IllegalArgumentException(
                    "--coap-port-base: a port is between 0 and " + HostPort.PORT_MAX + ", not " + coapPortBase);
        }
    }

    /** A replay has its faults in what is replayed, live devices in their first day. */
    private Instant faultsUntil(Instant start, Instant end) {
        return start.isBefore(end) && end.isBefore(start.plus(FaultPlan.SHORTEST))
                ? start.plus(FaultPlan.SHORTEST)
                : start.isBefore(end) ? end : start.plus(Duration.ofDays(1));
    }

    /** Whether somebody heard all of the replay. */
    private boolean tell(SimulatedSite simulated, Instant start, Instant end, Duration step)
            throws InterruptedException {
        boolean heard = true;
        PrintWriter out = spec.commandLine().getOut();
        if (replayFrom != null) {
            simulated.replay(start, end, step, instants, (moment, to, readings) -> {
                out.println("replayed until " + moment + " of " + to + ", " + readings + " readings");
                out.flush();
            });
            heard = wasHeard(simulated);
        }
        if (replayTo == null) {
            out.println("live");
            out.flush();
            simulated.live(end);
        }
        return heard;
    }

    private boolean wasHeard(SimulatedSite simulated) {
        Set<String> devices = simulated.unheardDevices();
        if (simulated.unheardPacks() == 0 && simulated.refusedPacks() == 0 && devices.isEmpty()) {
            return true;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("of the replay, " + simulated.unheardPacks() + " of "
                + (simulated.confirmedPacks() + simulated.refusedPacks()) + " MQTT packs had no subscriber, and "
                + devices.size() + " of " + simulated.coapDevices().size()
                + " CoAP devices no observer who received their last readings"
                + (simulated.refusedPacks() == 0
                        ? ""
                        : "; the broker refused " + simulated.refusedPacks() + " packs: the log says why"));
        out.flush();
        return false;
    }

    private void announce(SimulatedSite simulated) throws IOException {
        Map<String, URI> devices = simulated.coapDevices();
        PrintWriter out = spec.commandLine().getOut();
        out.println("site " + simulated.model().site() + ": " + simulated.deviceCount() + " devices, " + devices.size()
                + " of them on CoAP");
        for (Fault fault : simulated.faultPlan().faults()) {
            out.println("fault " + fault.kind().label() + " of " + fault.device() + " at " + fault.from()
                    + (fault.to().isAfter(fault.from()) ? " until " + fault.to() : ""));
        }
        out.flush();
        if (announce == null) {
            return;
        }
        // whole or not at all: somebody may be waiting for the file to appear
        Path unfinished = Path.of(announce + ".part");
        try (JsonGenerator json = new JsonFactory().createGenerator(Files.newBufferedWriter(unfinished))) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            for (Map.Entry<String, URI> device : devices.entrySet()) {
                json.writeStringField(device.getKey(), device.getValue().toString());
            }
            json.writeEndObject();
        }
        Files.move(unfinished, announce, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}

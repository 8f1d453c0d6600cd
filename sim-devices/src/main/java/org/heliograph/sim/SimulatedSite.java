package org.heliograph.sim;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.heliograph.sim.coap.CoapFleet;
import org.heliograph.sim.device.GaugeLedger;
import org.heliograph.sim.device.SenmlPack;
import org.heliograph.sim.device.Snapshot;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.mqtt.MqttFleet;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole site that isn't there: cooling units and room sensors are CoAP servers, everything else publishes to an MQTT
 * broker. {@link #replay} tells a stretch of time as fast as it is taken, {@link #live} goes on in real time; both write
 * the same {@link #ledger}.
 */
public final class SimulatedSite implements AutoCloseable {
    /** Most instants in a pack, so that two packs of a device with eight points stay within CoAP's usual 8 KiB. */
    public static final int MOST_INSTANTS_PER_PACK = 20;

    private static final Logger log = LoggerFactory.getLogger(SimulatedSite.class);
    private static final int MOST_INSTANTS_SHOWN = 40;
    private static final int INSTANTS_SHOWN_LIVE = 12;
    private static final Duration SHOWN_AT_LEAST = Duration.ofMillis(200);
    private static final Duration CATCH_UP = Duration.ofMinutes(3);
    private static final Duration BEHIND = Duration.ofSeconds(2);
    private static final Duration USUAL_CADENCE = Duration.ofMinutes(1);
    private static final int USUAL_INSTANTS = 10;

    private final Settings settings;
    private final SiteModel model;
    private final Integration integration;
    private final FaultPlan faults;
    private final SiteDevices devices;
    private final Set<String> coapDevices;
    private final CoapFleet coap;
    private final MqttFleet mqtt;
    private final ReentrantLock telling = new ReentrantLock();
    private Instant told = Instant.MIN;
    private volatile boolean closed;

    private SimulatedSite(Settings settings, SiteModel model, Integration integration, FaultPlan faults)
            throws IOException {
        this.settings = settings;
        this.model = model;
        this.integration = integration;
        this.faults = faults;
        devices = new SiteDevices(integration, settings.seed(), faults);
        Map<String, Snapshot> first = new LinkedHashMap<>();
        integration.layout().devices().stream()
                .filter(device -> device.role() == Role.COOLING || device.role() == Role.ROOM)
                .map(Device::id)
                .forEach(id -> first.put(id, devices.first(id)));
        coapDevices = Set.copyOf(first.keySet());
        coap = CoapFleet.start(settings.coap().host(), settings.coap().portBase(), first);
        mqtt = new MqttFleet(
                settings.mqtt(),
                "sim-" + model.site() + "-" + ProcessHandle.current().pid());
    }

    /**
     * Starts the devices. They are silent, or show their first readings, until {@link #replay} or {@link #live}.
     *
     * @throws ConfigurationException if the site model is wrong
     * @throws IllegalArgumentException with a sentence, if the plant can't simulate such a site
     * @throws IOException if a CoAP device can't have its port
     */
    public static SimulatedSite open(Settings settings) throws ConfigurationException, IOException {
        SiteModel model = SiteFile.parse("site.yaml", settings.siteYaml());
        Layout layout = Layout.of(model, settings.start());
        Plant plant = new Plant(layout, settings.seed(), settings.itLoad());
        Settings.Faulty faulty = settings.faults();
        FaultPlan faults = faulty.kinds().isEmpty()
                ? faulty.chosen().on(layout)
                : FaultPlan.of(layout, settings.seed(), faulty.kinds(), settings.start(), faulty.until());
        Integration integration = new Integration(plant, settings.metersFrom());
        integration.advanceTo(settings.start());
        return new SimulatedSite(settings, model, integration, faults);
    }

    /** Where each CoAP device is reached, {@code coap://127.0.0.1:40001}; its readings are at {@code /senml}. */
    public Map<String, URI> coapDevices() {
        return coap.uris();
    }

    public SiteModel model() {
        return model;
    }

    /** How many devices there are. */
    public int deviceCount() {
        return integration.layout().devices().size();
    }

    public String siteYaml() {
        return settings.siteYaml();
    }

    /** The truth so far; may be asked while the site runs. */
    public Ledger ledger() {
        return integration.ledger();
    }

    /** What the gauges have read so far; may be asked while the site runs. */
    public GaugeLedger gauges() {
        return devices.gauges();
    }

    /**
     * The faults so far beside the truth.
     *
     * @param cadence of the readings
     */
    public FaultLedger faults(Duration cadence) {
        return new FaultLedger(faults, integration.layout(), integration.ledger(), cadence);
    }

    /** All that goes wrong, the future too. */
    public FaultPlan faultPlan() {
        return faults;
    }

    /** Packs that the MQTT broker has confirmed. */
    public long confirmedPacks() {
        return mqtt.confirmed();
    }

    /** Those of them that nobody had subscribed to. */
    public long unheardPacks() {
        return mqtt.unheard();
    }

    /** Packs that the MQTT broker has refused, for want of a right to the topic for instance. */
    public long refusedPacks() {
        return mqtt.refused();
    }

    /** The CoAP devices of which nobody has received what they show last. */
    public Set<String> unheardDevices() {
        return coap.unheard();
    }

    /**
     * Tells a stretch of time: every device reads at {@code from} and then at every cadence until {@code to}, both
     * included. Goes on only when the broker has confirmed and the observers have received what was read, so that nobody
     * who is merely slow, or restarting, misses anything.
     *
     * @param from not before what was told last
     * @param cadence whole seconds; windows are exact if it divides a minute or is one
     * @param instantsPerPack 1 to {@link #MOST_INSTANTS_PER_PACK}
     */
    public void replay(Instant from, Instant to, Duration cadence, int instantsPerPack, ProgressListener listener)
            throws InterruptedException {
        if (instantsPerPack < 1 || instantsPerPack > MOST_INSTANTS_PER_PACK) {
            throw new IllegalArgumentException(
                    "1 to " + MOST_INSTANTS_PER_PACK + " instants in a pack, not " + instantsPerPack);
        }
        if (cadence.toSeconds() < 1 || !cadence.equals(Duration.ofSeconds(cadence.toSeconds()))) {
            throw new IllegalArgumentException("the cadence must be whole seconds, not " + cadence);
        }
        if (!from.equals(Instant.ofEpochSecond(from.getEpochSecond())) || from.isBefore(integration.now())) {
            throw new IllegalArgumentException("a replay starts at a whole second and not before " + integration.now()
                    + ", the end of what is told already; not at " + from);
        }
        telling.lockInterruptibly();
        try {
            tell(from, to, cadence, instantsPerPack, listener);
        } finally {
            telling.unlock();
        }
    }

    private void tell(Instant from, Instant to, Duration cadence, int instantsPerPack, ProgressListener listener)
            throws InterruptedException {
        log.info("replay=started from={} to={} cadence={}", from, to, cadence);
        coap.expectObserversFor(settings.replay().firstObserver());
        coap.awaitReceived(settings.replay().lostObserver());
        mqtt.insistOnListeners(settings.replay().firstObserver());
        long startNanos = System.nanoTime();
        long readings = 0;
        Instant next = from.equals(told) ? from.plus(cadence) : from;
        while (!next.isAfter(to) && !closed) {
            Instant last = next;
            for (int i = 0; i < instantsPerPack && !next.isAfter(to); i++) {
                devices.advanceTo(next);
                readings += devices.readAll();
                last = next;
                next = next.plus(cadence);
            }
            long shownNanos = System.nanoTime();
            handOver(Math.clamp(4L * instantsPerPack, 2, MOST_INSTANTS_SHOWN));
            told = last;
            mqtt.awaitConfirmed();
            coap.awaitReceived(settings.replay().lostObserver());
            stayShown(shownNanos);
            listener.reached(last, to, readings);
            slowDown(Duration.between(from, last), startNanos);
        }
        devices.advanceTo(to);
        handOver(MOST_INSTANTS_SHOWN); // what was due between the last reading and the end
        mqtt.awaitConfirmed();
        log.info("replay=ended to={} readings={}", to, readings);
    }

    /**
     * Goes on in real time from {@code from} until it is closed or interrupted: every device reads at its profile's
     * periods, aligned to the clock, and at every whole minute. What lies between {@code from} and now is told first.
     */
    public void live(Instant from) throws InterruptedException {
        live(from, Instant.MAX);
    }

    /** The same, until a moment: readings at {@code until} are the last. */
    public void live(Instant from, Instant until) throws InterruptedException {
        telling.lockInterruptibly();
        try {
            Instant start = from.isAfter(integration.now()) ? from : integration.now();
            if (Duration.between(start, settings.clock().instant()).compareTo(CATCH_UP) > 0) {
                tell(start, wholeMinute(settings.clock().instant()), USUAL_CADENCE, USUAL_INSTANTS, (_, _, _) -> {});
                start = integration.now();
            }
            log.info("live=started from={}", start);
            Instant next = start.equals(told) ? start.plusSeconds(1) : start;
            while (!closed && !next.isAfter(until)) {
                if (!awaitClock(next)) {
                    return;
                }
                devices.advanceTo(next);
                devices.readDue();
                handOver(INSTANTS_SHOWN_LIVE);
                if (isBehind(next)) {
                    // told faster than time passes: what observers are still fetching must not be pushed out
                    coap.awaitReceived(settings.replay().lostObserver());
                }
                told = next;
                next = next.plusSeconds(1);
            }
        } finally {
            telling.unlock();
        }
    }

    private boolean isBehind(Instant moment) {
        return moment.plus(BEHIND).isBefore(settings.clock().instant());
    }

    private static Instant wholeMinute(Instant moment) {
        return Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond(), 60L) * 60);
    }

    /** CoAP devices show what they have read, the others publish it pack by pack. */
    private void handOver(int shown) throws InterruptedException {
        for (Map.Entry<String, List<List<Snapshot>>> device : devices.take().entrySet()) {
            if (coapDevices.contains(device.getKey())) {
                coap.show(
                        device.getKey(),
                        device.getValue().stream().flatMap(List::stream).toList(),
                        shown);
            } else {
                String topic = "hg/" + model.site() + "/" + device.getKey() + "/senml";
                for (List<Snapshot> pack : device.getValue()) {
                    mqtt.publish(topic, SenmlPack.json(pack));
                }
            }
        }
    }

    /**
     * An observer confirms a notification before it has written it down. So a reading stays shown for a while, as it does
     * on a device that reads every few seconds: whoever dies with it in hand finds it again.
     */
    private void stayShown(long shownNanos) throws InterruptedException {
        long early = shownNanos + SHOWN_AT_LEAST.toNanos() - System.nanoTime();
        if (early > 0 && !coapDevices.isEmpty()) {
            TimeUnit.NANOSECONDS.sleep(early);
        }
    }

    private void slowDown(Duration simulated, long startNanos) throws InterruptedException {
        if (Double.isFinite(settings.replay().speed())) {
            long dueNanos =
                    startNanos + (long) (simulated.toNanos() / settings.replay().speed());
            long early = dueNanos - System.nanoTime();
            if (early > 0) {
                TimeUnit.NANOSECONDS.sleep(early);
            }
        }
    }

    /** Whether the moment came before the site was closed. */
    private boolean awaitClock(Instant moment) throws InterruptedException {
        while (!closed) {
            Duration early = Duration.between(settings.clock().instant(), moment);
            if (early.isNegative() || early.isZero()) {
                return true;
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(early.toNanos(), TimeUnit.MILLISECONDS.toNanos(200)));
        }
        return false;
    }

    /** Ends what is being told, gives the broker a moment to confirm what is left, and stops the devices. */
    @Override
    public void close() {
        closed = true;
        mqtt.close();
        coap.close();
    }
}

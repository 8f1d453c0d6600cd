package org.heliograph.sim;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.heliograph.sim.coap.CoapFleet;
import org.heliograph.sim.device.Instruments;
import org.heliograph.sim.device.SenmlPack;
import org.heliograph.sim.device.Snapshot;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.mqtt.MqttFleet;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
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

    private static final Logger LOG = LoggerFactory.getLogger(SimulatedSite.class);
    private static final int MOST_INSTANTS_SHOWN = 40;
    private static final int INSTANTS_SHOWN_LIVE = 12;
    private static final Duration SHOWN_AT_LEAST = Duration.ofMillis(200);
    private static final Duration CATCH_UP = Duration.ofMinutes(3);
    private static final Duration USUAL_CADENCE = Duration.ofMinutes(1);
    private static final int USUAL_INSTANTS = 10;

    private final Settings settings;
    private final SiteModel model;
    private final Integration integration;
    private final Map<String, Instruments> mqttDevices = new LinkedHashMap<>();
    private final Map<String, Instruments> coapDevices = new LinkedHashMap<>();
    private final CoapFleet coap;
    private final MqttFleet mqtt;
    private final ReentrantLock telling = new ReentrantLock();
    private Instant told = Instant.MIN;
    private volatile boolean closed;

    private SimulatedSite(Settings settings, SiteModel model, Integration integration) throws IOException {
        this.settings = settings;
        this.model = model;
        this.integration = integration;
        integration.layout().devices().forEach(device -> {
            Instruments instruments = new Instruments(device, integration, settings.seed());
            boolean overCoap = device.role() == Role.COOLING || device.role() == Role.ROOM;
            (overCoap ? coapDevices : mqttDevices).put(device.id(), instruments);
        });
        Map<String, Snapshot> first = new LinkedHashMap<>();
        coapDevices.forEach((id, instruments) -> first.put(id, instruments.read()));
        coap = CoapFleet.start(settings.coapHost(), settings.coapPortBase(), first);
        mqtt = new MqttFleet(
                settings.mqttUrl(),
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
        Plant plant = new Plant(Layout.of(model, settings.start()), settings.seed(), settings.itLoad());
        return new SimulatedSite(settings, model, new Integration(plant, settings.start()));
    }

    /** Where each CoAP device is reached, {@code coap://127.0.0.1:40001}; its readings are at {@code /senml}. */
    public Map<String, URI> coapDevices() {
        return coap.uris();
    }

    public SiteModel model() {
        return model;
    }

    public String siteYaml() {
        return settings.siteYaml();
    }

    /** The truth so far; may be asked while the site runs. */
    public Ledger ledger() {
        return integration.ledger();
    }

    /** Packs that the MQTT broker has confirmed. */
    public long confirmedPacks() {
        return mqtt.confirmed();
    }

    /** Those of them that nobody had subscribed to. */
    public long unheardPacks() {
        return mqtt.unheard();
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
        LOG.info("replay state=started from={} to={} cadence={}", from, to, cadence);
        coap.expectObserversFor(settings.firstObserver());
        coap.awaitReceived(settings.lostObserver());
        mqtt.insistOnListeners(settings.firstObserver());
        long startNanos = System.nanoTime();
        long readings = 0;
        Instant next = from.equals(told) ? from.plus(cadence) : from;
        while (!next.isAfter(to) && !closed) {
            Map<String, List<Snapshot>> read = new LinkedHashMap<>();
            Instant last = next;
            for (int i = 0; i < instantsPerPack && !next.isAfter(to); i++) {
                integration.advanceTo(next);
                readAll(read);
                last = next;
                next = next.plus(cadence);
            }
            long shownNanos = System.nanoTime();
            handOver(read, Math.clamp(4L * instantsPerPack, 2, MOST_INSTANTS_SHOWN));
            told = last;
            mqtt.awaitConfirmed();
            coap.awaitReceived(settings.lostObserver());
            stayShown(shownNanos);
            readings += read.values().stream()
                    .flatMap(List::stream)
                    .mapToLong(snapshot -> snapshot.points().size())
                    .sum();
            listener.reached(last, to, readings);
            slowDown(Duration.between(from, last), startNanos);
        }
        integration.advanceTo(to);
        LOG.info("replay state=ended to={} readings={}", to, readings);
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
            LOG.info("live state=started from={}", start);
            Instant next = start.equals(told) ? start.plusSeconds(1) : start;
            while (!closed && !next.isAfter(until)) {
                if (!awaitClock(next)) {
                    return;
                }
                integration.advanceTo(next);
                Map<String, List<Snapshot>> read = new LinkedHashMap<>();
                readDue(next, read);
                handOver(read, INSTANTS_SHOWN_LIVE);
                told = next;
                next = next.plusSeconds(1);
            }
        } finally {
            telling.unlock();
        }
    }

    private static Instant wholeMinute(Instant moment) {
        return Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond(), 60L) * 60);
    }

    private void readAll(Map<String, List<Snapshot>> read) {
        mqttDevices.forEach(
                (id, device) -> read.computeIfAbsent(id, _ -> new ArrayList<>()).add(device.read()));
        coapDevices.forEach(
                (id, device) -> read.computeIfAbsent(id, _ -> new ArrayList<>()).add(device.read()));
    }

    private void readDue(Instant now, Map<String, List<Snapshot>> read) {
        for (Map<String, Instruments> devices : List.of(mqttDevices, coapDevices)) {
            devices.forEach((id, device) -> {
                if (device.isDue(now.getEpochSecond())) {
                    read.put(id, List.of(device.read()));
                }
            });
        }
    }

    private void handOver(Map<String, List<Snapshot>> read, int shown) throws InterruptedException {
        for (Map.Entry<String, List<Snapshot>> device : read.entrySet()) {
            if (coapDevices.containsKey(device.getKey())) {
                coap.show(device.getKey(), device.getValue(), shown);
            } else {
                mqtt.publish(
                        "hg/" + model.site() + "/" + device.getKey() + "/senml", SenmlPack.json(device.getValue()));
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
        if (Double.isFinite(settings.replaySpeed())) {
            long dueNanos = startNanos + (long) (simulated.toNanos() / settings.replaySpeed());
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

package org.heliograph.streams.topology;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.ingest.Rejection;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Refusals;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/** The engine with the site {@code test1}, without a broker: its clock moves only when told to. */
final class EngineDriver implements AutoCloseable {
    static final String SITE = "test1";

    private final TopologyTestDriver driver;
    private final TestInputTopic<String, byte[]> sites;
    private final TestInputTopic<String, byte[]> telemetry;
    private final TestInputTopic<String, byte[]> factors;
    private final Map<String, SiteWindow> newest = new HashMap<>();

    EngineDriver(Path states, Instant wallClock, String yaml) {
        this(states, wallClock, yaml, Scope.LIVE);
    }

    EngineDriver(Path states, Instant wallClock, String yaml, Scope scope) {
        this(states, wallClock, yaml, unhurried(scope));
    }

    /** After a reset, which has telemetry of that age taken again. */
    static EngineDriver restarted(Path states, Instant wallClock, String yaml, Scope.Live scope, Duration age) {
        return new EngineDriver(states, wallClock, yaml, unhurried(Scope.LIVE).after(scope, age));
    }

    private EngineDriver(Path states, Instant wallClock, String yaml, EngineSettings settings) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        properties.put(
                StreamsConfig.STATE_DIR_CONFIG,
                states.resolve(UUID.randomUUID().toString()).toString());
        driver = new TopologyTestDriver(Engine.topology(settings, Factors.SHIPPED), properties, wallClock);
        sites = driver.createInputTopic("hg.sites", new StringSerializer(), new ByteArraySerializer());
        telemetry = driver.createInputTopic("hg.telemetry", new StringSerializer(), new ByteArraySerializer());
        factors = driver.createInputTopic("hg.factors", new StringSerializer(), new ByteArraySerializer());
        model(yaml);
    }

    /** A pack of one device, as {@code hg.telemetry} carries it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Sent(String key, byte[] value) {}

    static Sent sent(String device, Sampling sampling) {
        return sent(device, "", sampling);
    }

    private static Sent sent(String device, String serial, Sampling sampling) {
        DeviceId id = new DeviceId(SITE, device);
        return new Sent(
                id.key(), PackCodec.encode(new Readings(id, serial, sampling.series()), new Origin("edge", 1, 0)));
    }

    void model(String yaml) {
        model(SITE, yaml);
    }

    void model(String site, String yaml) {
        sites.pipeInput(site, yaml.getBytes(StandardCharsets.UTF_8));
    }

    /** A model that is published at that moment. */
    void model(Instant published, String yaml) {
        sites.pipeInput(SITE, yaml.getBytes(StandardCharsets.UTF_8), published);
    }

    /** The site is no more. */
    void withdraw() {
        sites.pipeInput(SITE, null);
    }

    /** What the device side of another instance sends on. */
    void fromDevices(String site, SiteInput input) {
        driver.createInputTopic("test" + Engine.SHARES_SUFFIX, new StringSerializer(), new ByteArraySerializer())
                .pipeInput(site, input.toByteArray());
    }

    /** A record of {@code hg.factors}. */
    void factor(String key, String json) {
        factors.pipeInput(key, json.getBytes(StandardCharsets.UTF_8));
    }

    void withdraw(String factorVersion) {
        factors.pipeInput(factorVersion, null);
    }

    /** How many packs it has refused, by cause. */
    Map<Rejection.Cause, Double> refused() {
        return Refusals.totals(driver.metrics());
    }

    void send(Sent pack) {
        telemetry.pipeInput(pack.key(), pack.value());
    }

    /** As an agent sends it. */
    void send(Sent pack, Instant latest, Headers headers) {
        telemetry.pipeInput(new TestRecord<>(pack.key(), pack.value(), headers, latest));
    }

    void send(String device, Sampling sampling) {
        send(sent(device, sampling));
    }

    /** Sends readings of a unit that reports its serial number. */
    void send(String device, String serial, Sampling sampling) {
        send(sent(device, serial, sampling));
    }

    void advance(Duration time) {
        driver.advanceWallClockTime(time);
    }

    /** Twice, because what the device side says in the first call the site side publishes in the second. */
    void advanceTwice(Duration time) {
        advance(time);
        advance(time);
    }

    TestOutputTopic<String, byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** What the topic got since it was last read. */
    <T> List<T> read(String topic, StateException.Parser<byte[], T> parser) {
        TestOutputTopic<String, byte[]> output = output(topic);
        List<T> values = new ArrayList<>();
        while (!output.isEmpty()) {
            try {
                values.add(parser.parse(output.readValue()));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return values;
    }

    /** The newest statement of each window, of all that have been published so far. */
    Map<String, SiteWindow> windows() {
        read("hg.kpi", SiteWindow::parseFrom).forEach(window -> newest.put(name(window), window));
        return Map.copyOf(newest);
    }

    SiteWindow window(String label, Instant start) {
        SiteWindow window = windows().get(label + "@" + start.toEpochMilli());
        if (window == null) {
            throw new AssertionError("no window " + label + " of " + start);
        }
        return window;
    }

    private static String name(SiteWindow window) {
        return window.getWindow() + "@" + window.getStartMs();
    }

    @Override
    public void close() {
        driver.close();
    }

    /** The usual ones, but for a machine that may be slow: an advance of the clock measures all that is due. */
    static EngineSettings unhurried(Scope scope) {
        return measuringFor(Duration.ofMinutes(5), scope);
    }

    /** Where a call measures for at most so long. */
    static EngineSettings measuringFor(Duration budget, Scope scope) {
        EngineSettings usual = EngineSettings.of(Topics.DEFAULT);
        return new EngineSettings(
                usual.inputs(),
                usual.topics(),
                scope,
                usual.sitePartitions(),
                usual.publishInterval(),
                usual.liveInterval(),
                usual.settle(),
                usual.grace(),
                usual.retention(),
                usual.factorReach(),
                budget,
                usual.clock());
    }
}

package org.heliograph.lab.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.jspecify.annotations.Nullable;

/**
 * A site whose devices read once a second, each at a moment of its own, and when what the utility meter read is there to
 * be seen: in hg.live, in the event streams of many clients, in the document of a browser and on its screen. Each reading
 * of that meter is a kilowatt above the one before, so that whoever shows it says which one it was. A reading's moment is
 * that before it is sent to Kafka.
 */
final class PageRun {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration CONNECT = Duration.ofMinutes(1);
    private static final int GRID_KILOWATTS = 1_000;
    private static final double WATTS = 1_000;

    /** Notes when the grid's figure changes in the document, and when that has been painted. */
    private static final String WATCH = """
            (() => {
              window.shown = [];
              let last;
              const flow = document.getElementById('flow');
              const look = () => {
                const name = [...document.querySelectorAll('text.flow-name')].find((text) => text.textContent === 'Grid');
                const figure = name?.nextSibling?.querySelector('.flow-value')?.textContent.replace(/,/g, '');
                if (figure === undefined || figure === last) return;
                last = figure;
                const seen = {kilowatts: Number(figure), domMs: Date.now()};
                requestAnimationFrame(() => {
                  const painted = new MessageChannel();
                  painted.port1.onmessage = () => { seen.pixelMs = Date.now(); window.shown.push(seen); };
                  painted.port2.postMessage(0);
                });
              };
              new MutationObserver(look).observe(flow, {subtree: true, childList: true, characterData: true});
              return 'watching';
            })()""";

    private final Broker broker;
    private final Fleet fleet;
    private final Topics topics;
    private final NavigableMap<Integer, Long> saidMillis = new ConcurrentSkipListMap<>();
    private final List<Long> live = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> events = Collections.synchronizedList(new ArrayList<>());
    private final Queue<Exception> lost = new ConcurrentLinkedQueue<>();
    private volatile long measuredFrom = Long.MAX_VALUE;
    private volatile boolean ended;

    PageRun(Broker broker, Fleet fleet, Topics topics) {
        this.broker = broker;
        this.fleet = fleet;
        this.topics = topics;
    }

    /** Milliseconds from a reading to where it was seen, in ascending order. */
    record Seen(List<Long> live, List<Long> events, List<Long> dom, List<Long> pixel) {}

    /** @param tab with the page open; null without a browser */
    Seen run(URI page, int clients, @Nullable Tab tab, Duration warmUp, Duration length)
            throws InterruptedException, IOException {
        long start = System.currentTimeMillis();
        long end = start + warmUp.plus(length).toMillis();
        CountDownLatch connected = new CountDownLatch(clients);
        try (HttpClient http = HttpClient.newHttpClient();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Stream<String>> streams = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < clients; i++) {
                threads.execute(() -> listen(http, page, streams, connected));
            }
            threads.execute(this::followLive);
            Thread speaking = Thread.ofPlatform().start(() -> speak(end));
            try {
                if (tab != null) {
                    tab.evaluate(WATCH);
                }
                requireClients(connected.await(CONNECT.toMillis(), TimeUnit.MILLISECONDS));
                Thread.sleep(Math.max(0, start + warmUp.toMillis() - System.currentTimeMillis()));
                measuredFrom = System.currentTimeMillis();
                speaking.join();
                Thread.sleep(2_000); // the last reading's way
                requireClients(true);
            } finally {
                ended = true;
                speaking.interrupt();
                streams.forEach(Stream::close);
                http.shutdownNow();
                threads.shutdownNow();
            }
        }
        List<Long> dom = new ArrayList<>();
        List<Long> pixel = new ArrayList<>();
        if (tab != null) {
            int last = 0;
            for (JsonNode shown : JSON.readTree(tab.evaluate("JSON.stringify(window.shown)"))) {
                int kilowatts = shown.path("kilowatts").asInt();
                note(last, kilowatts, shown.path("domMs").asLong(), dom);
                note(last, kilowatts, shown.path("pixelMs").asLong(), pixel);
                last = Math.max(last, kilowatts);
            }
        }
        return new Seen(sorted(live), sorted(events), sorted(dom), sorted(pixel));
    }

    /** A run with fewer clients than it says would be none. */
    private void requireClients(boolean connected) {
        Exception first = lost.peek();
        if (first != null) {
            throw new IllegalStateException(lost.size() + " clients have no event stream, or lost it", first);
        }
        if (!connected) {
            throw new IllegalStateException("not all clients have their event stream after " + CONNECT);
        }
    }

    private static List<Long> sorted(List<Long> millis) {
        return millis.stream().sorted().toList();
    }

    /**
     * How long ago the readings were made that are seen by now: the one that is shown and those before it that never were.
     * Else whoever stands still for long would only count the newest.
     */
    private void note(int lastKilowatts, int kilowatts, long seenMillis, List<Long> millis) {
        if (kilowatts > lastKilowatts) {
            saidMillis.subMap(lastKilowatts, false, kilowatts, true).values().stream()
                    .filter(said -> said >= measuredFrom)
                    .forEach(said -> millis.add(seenMillis - said));
        }
    }

    private void speak(long end) {
        String site = fleet.sites().getFirst().model().site();
        List<Device> devices = fleet.sites().getFirst().model().devices();
        Random random = new Random(1);
        int[] phases = random.ints(devices.size(), 0, 1_000).sorted().toArray();
        long[] millijoules = new long[devices.size()];
        try (KafkaProducer<String, byte[]> producer = broker.producer(Map.of("linger.ms", 0))) {
            long first = System.currentTimeMillis() / 1_000 + 1;
            for (long second = first; second * 1_000 < end; second++) {
                for (int i = 0; i < phases.length; i++) {
                    long early = second * 1_000 + phases[i] - System.currentTimeMillis();
                    if (early > 0) {
                        TimeUnit.MILLISECONDS.sleep(early);
                    }
                    int count = (int) (second - first);
                    Device device = devices.get(i);
                    int kilowatts = device.role() == Role.GRID ? GRID_KILOWATTS + count : 1;
                    millijoules[i] += kilowatts * 1_000_000L;
                    say(producer, new DeviceId(site, device.id()), device.role(), count, kilowatts, millijoules[i]);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(
            KafkaProducer<String, byte[]> producer,
            DeviceId id,
            Role role,
            int count,
            int kilowatts,
            long millijoules) {
        long now = System.currentTimeMillis();
        long[] time = {now};
        List<Series> series = new ArrayList<>();
        if (role == Role.ROOM) {
            series.add(new Series.Gauge(Point.INLET_TEMP, time, new double[] {22.5}));
        } else {
            Point register = role == Role.GRID ? Point.ENERGY_IMPORT : Point.ENERGY;
            series.add(new Series.Register(register, time, new long[] {millijoules}));
            series.add(new Series.Gauge(Point.POWER, time, new double[] {kilowatts * WATTS}));
        }
        if (role == Role.GRID) {
            series.add(new Series.Register(Point.ENERGY_EXPORT, time, new long[] {0}));
            saidMillis.put(kilowatts, now);
        }
        byte[] pack = PackCodec.encode(new Readings(id, "", series), new Origin("bench", 1, count));
        Broker.send(producer, new ProducerRecord<>(topics.telemetry(), null, now, id.key(), pack));
    }

    private void followLive() {
        try (KafkaConsumer<String, byte[]> consumer = Broker.consumer(broker.bootstrap())) {
            consumer.assign(consumer.partitionsFor(topics.live()).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList());
            int last = 0;
            while (!ended) {
                for (ConsumerRecord<String, byte[]> one : consumer.poll(POLL)) {
                    int kilowatts =
                            (int) Math.round(SiteLive.parseFrom(one.value()).getPowerImportW() / WATTS);
                    note(last, kilowatts, System.currentTimeMillis(), live);
                    last = Math.max(last, kilowatts);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void listen(HttpClient http, URI page, List<Stream<String>> streams, CountDownLatch connected) {
        String site = fleet.sites().getFirst().model().site();
        HttpRequest request =
                HttpRequest.newBuilder(page.resolve("/events?site=" + site)).build();
        try {
            HttpResponse<Stream<String>> response = http.send(request, HttpResponse.BodyHandlers.ofLines());
            if (response.statusCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException("the page answered " + response.statusCode());
            }
            Stream<String> lines = response.body();
            streams.add(lines);
            connected.countDown();
            int[] last = {0};
            lines.filter(line -> line.startsWith("data:") && line.contains("\"live\":"))
                    .forEach(line -> {
                        long now = System.currentTimeMillis();
                        int kilowatts = (int) Math.round(importWatts(line) / WATTS);
                        note(last[0], kilowatts, now, events);
                        last[0] = Math.max(last[0], kilowatts);
                    });
            if (!ended) {
                lost.add(new IOException("an event stream ended"));
            }
        } catch (IOException | RuntimeException e) {
            if (!ended) {
                lost.add(e);
                connected.countDown();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static double importWatts(String line) {
        String field = "\"power_import_w\":";
        int from = line.indexOf(field);
        if (from < 0) {
            return 0;
        }
        int to = from + field.length();
        int until = to;
        while (until < line.length() && ",}".indexOf(line.charAt(until)) < 0) {
            until++;
        }
        return Double.parseDouble(line.substring(to, until));
    }
}

package org.heliograph.streams.alert;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.jspecify.annotations.Nullable;

/**
 * Posts alerts to what speaks the Alertmanager's interface; its files are read anew each time. News go first and alone: what
 * stands is said to keep it standing, and may be thousands, which no limit on a request's size may let news down for.
 */
final class WebhookReceiver implements Receiver {
    /** About 80 KB: a proxy before the receiver seldom takes more than 1 MiB. */
    private static final int MOST_AT_ONCE = 200;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** So long what stands goes on standing when nobody repeats it: longer than it takes another instance to begin. */
    private static final Duration LEAST_STANDING = Duration.ofHours(1);

    private static final int REPEATS_MISSED = 10;

    /**
     * What is cleared ended at least so long ago. An end that is still to come by the receiver's clock gives way to the later
     * one that was said before, and the alert would stand till then. So it began no later either, though the figures of a
     * device whose clock is ahead say so.
     */
    private static final Duration CLOCKS_APART = Duration.ofSeconds(30);

    private static final int ANSWER_BYTES_MAX = 64 << 10;
    private static final int SUCCESS = 200;
    private static final int REDIRECTION = 300;

    private final AlertSettings.Webhook settings;
    private final Duration patience;
    private final InstantSource clock;
    private final Map<String, Long> begun = new HashMap<>();

    /** What was refused by itself and still stands: offered again, but apart, and not asked about one by one. */
    private final Set<Alert> unwanted = new HashSet<>();

    WebhookReceiver(AlertSettings.Webhook settings) {
        this(settings, PATIENCE, InstantSource.system());
    }

    /** @param patience how long a connection may take, and a whole answer */
    WebhookReceiver(AlertSettings.Webhook settings, Duration patience, InstantSource clock) {
        this.settings = settings;
        this.patience = patience;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public Outcome tell(List<Alert> news, Collection<Alert> standing) throws InterruptedException {
        standing.forEach(this::begins);
        news.stream().filter(alert -> alert.getState() == AlertState.RAISED).forEach(this::begins);
        Outcome outcome = told(news, standing);
        if (outcome instanceof Outcome.Refused(List<Alert> alerts, String _, boolean _)) {
            unwanted.addAll(alerts);
        }
        if (!(outcome instanceof Outcome.Away)) {
            news.stream()
                    .filter(alert -> alert.getState() == AlertState.CLEARED)
                    .forEach(alert -> begun.remove(Relay.key(alert)));
        }
        return outcome;
    }

    private void begins(Alert alert) {
        begun.put(Relay.key(alert), Math.min(alert.getTimeMs(), agoMillis()));
    }

    private long agoMillis() {
        return clock.millis() - CLOCKS_APART.toMillis();
    }

    private Outcome told(List<Alert> news, Collection<Alert> standing) throws InterruptedException {
        Map<String, Alert> first = byLabels(news);
        Map<String, Alert> rest = byLabels(standing);
        rest.keySet().removeAll(first.keySet());
        unwanted.retainAll(new HashSet<>(rest.values()));
        rest.values().removeAll(unwanted);
        if (first.isEmpty() && rest.isEmpty() && unwanted.isEmpty()) {
            return new Outcome.Told();
        }
        try (HttpClient client = client()) {
            Outcome outcome = post(client, bodies(first.values(), rest.values()));
            if (!(outcome instanceof Outcome.Away)) {
                offerAgain(client);
            }
            return outcome;
        } catch (IOException | GeneralSecurityException e) {
            return away(e);
        }
    }

    /** The Alertmanager keeps one of each set of labels. */
    private static Map<String, Alert> byLabels(Collection<Alert> alerts) {
        Map<String, Alert> kept = new LinkedHashMap<>();
        alerts.forEach(alert -> kept.put(Relay.key(alert) + "/" + alert.getSeverity(), alert));
        return kept;
    }

    private static List<List<Alert>> bodies(Collection<Alert> news, Collection<Alert> standing) {
        return Stream.of(news, standing)
                .flatMap(alerts -> alerts.stream().gather(Gatherers.windowFixed(MOST_AT_ONCE)))
                .toList();
    }

    /** Posts each half of a body that is refused, down to the alert that the receiver won't take. */
    private Outcome post(HttpClient client, List<List<Alert>> bodies) throws InterruptedException {
        List<Alert> refused = new ArrayList<>();
        String why = "";
        for (List<Alert> body : bodies) {
            Outcome outcome = request(client, body);
            if (outcome instanceof Outcome.Refused && body.size() > 1) {
                int middle = body.size() / 2;
                outcome = post(client, List.of(body.subList(0, middle), body.subList(middle, body.size())));
            }
            switch (outcome) {
                case Outcome.Told() -> {}
                case Outcome.Refused(List<Alert> alerts, String reason, boolean _) -> {
                    why = refused.isEmpty() ? reason : why;
                    refused.addAll(alerts);
                }
                case Outcome.Away away -> {
                    return away;
                }
            }
        }
        return refused.isEmpty() ? new Outcome.Told() : new Outcome.Refused(refused, why);
    }

    /** The receiver may take by now what it refused: somebody has raised its limits. */
    private void offerAgain(HttpClient client) throws InterruptedException {
        for (List<Alert> body : bodies(unwanted, List.of())) {
            if (request(client, body) instanceof Outcome.Told) {
                body.forEach(unwanted::remove);
            }
        }
    }

    private Outcome request(HttpClient client, List<Alert> alerts) throws InterruptedException {
        HttpRequest request;
        try {
            request = request(alerts);
        } catch (IOException e) {
            return away(e);
        }
        // The client's own timeout ends with the head of an answer: a body that never ends would hold up all alerts.
        CompletableFuture<HttpResponse<String>> asked =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(), ANSWER_BYTES_MAX));
        try {
            return judged(asked.get(patience.toMillis(), TimeUnit.MILLISECONDS), alerts);
        } catch (ExecutionException e) {
            return away(Objects.requireNonNullElse(e.getCause(), e));
        } catch (TimeoutException _) {
            client.shutdownNow(); // else its close() would wait for that answer
            return new Outcome.Away("no whole answer within " + patience.toSeconds() + " s");
        } catch (InterruptedException e) {
            client.shutdownNow();
            throw e;
        }
    }

    private HttpRequest request(List<Alert> alerts) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.url())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(AlertJson.forAlertmanager(alerts, begun, this::endMillis)));
        if (settings.token().isPresent()) {
            request.header("Authorization", "Bearer " + settings.token().get().text());
        }
        return request.build();
    }

    private long endMillis(Alert alert) {
        if (alert.getState() == AlertState.RAISED) {
            return clock.millis()
                    + Math.max(
                            LEAST_STANDING.toMillis(),
                            REPEATS_MISSED * settings.repeat().toMillis());
        }
        long begunMillis = begun.getOrDefault(Relay.key(alert), Long.MIN_VALUE);
        return Math.max(begunMillis, Math.min(alert.getTimeMs(), agoMillis()));
    }

    private static Outcome judged(HttpResponse<String> answer, List<Alert> alerts) {
        int status = answer.statusCode();
        if (status >= SUCCESS && status < REDIRECTION) {
            return new Outcome.Told();
        }
        String reason =
                "HTTP " + status + " " + answer.body().lines().findFirst().orElse("");
        return switch (status) {
            case 400, 413, 422 -> new Outcome.Refused(alerts, reason);
            default -> new Outcome.Away(reason);
        };
    }

    private static Outcome away(Throwable e) {
        return new Outcome.Away(Objects.requireNonNullElse(e.getMessage(), e.toString()));
    }

    private HttpClient client() throws IOException, GeneralSecurityException {
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(patience);
        @Nullable Tls tls = settings.tls().orElse(null);
        if (tls != null) {
            client.sslContext(tls.context());
        }
        return client.build();
    }

    @Override
    public void close() {}
}

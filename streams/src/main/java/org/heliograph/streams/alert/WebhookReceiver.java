package org.heliograph.streams.alert;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.jspecify.annotations.Nullable;

/** Posts alerts to what speaks the Alertmanager's interface; its files are read anew for each request. */
final class WebhookReceiver implements Receiver {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int SUCCESS = 200;
    private static final int REDIRECTION = 300;

    private final AlertSettings.Webhook settings;
    private final Map<String, Long> begun = new HashMap<>();

    WebhookReceiver(AlertSettings.Webhook settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public Outcome tell(List<Alert> news, Collection<Alert> standing) throws InterruptedException {
        standing.forEach(alert -> begun.put(Relay.key(alert), alert.getTimeMs()));
        news.stream()
                .filter(alert -> alert.getState() == AlertState.RAISED)
                .forEach(alert -> begun.put(Relay.key(alert), alert.getTimeMs()));
        Map<String, Alert> bodies = new HashMap<>(); // the Alertmanager keeps one of each set of labels
        standing.forEach(alert -> bodies.put(labels(alert), alert));
        news.forEach(alert -> bodies.put(labels(alert), alert));
        if (bodies.isEmpty()) {
            return new Outcome.Told();
        }
        Outcome outcome = post(AlertJson.forAlertmanager(new ArrayList<>(bodies.values()), begun));
        if (!(outcome instanceof Outcome.Away)) {
            news.stream()
                    .filter(alert -> alert.getState() == AlertState.CLEARED)
                    .forEach(alert -> begun.remove(Relay.key(alert)));
        }
        return outcome;
    }

    private static String labels(Alert alert) {
        return Relay.key(alert) + "/" + alert.getSeverity();
    }

    private Outcome post(String body) throws InterruptedException {
        try (HttpClient client = client()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(settings.url())
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            if (settings.token().isPresent()) {
                request.header(
                        "Authorization", "Bearer " + settings.token().get().text());
            }
            HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            int status = answer.statusCode();
            if (status >= SUCCESS && status < REDIRECTION) {
                return new Outcome.Told();
            }
            String reason =
                    "HTTP " + status + " " + answer.body().lines().findFirst().orElse("");
            return switch (status) {
                case 400, 413, 422 -> new Outcome.Refused(reason);
                default -> new Outcome.Away(reason);
            };
        } catch (IOException | GeneralSecurityException e) {
            return new Outcome.Away(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    private HttpClient client() throws IOException, GeneralSecurityException {
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(PATIENCE);
        @Nullable Tls tls = settings.tls().orElse(null);
        if (tls != null) {
            client.sslContext(tls.context());
        }
        return client.build();
    }

    @Override
    public void close() {}
}

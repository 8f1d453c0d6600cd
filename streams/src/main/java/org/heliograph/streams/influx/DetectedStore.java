package org.heliograph.streams.influx;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import okhttp3.OkHttpClient;
import org.influxdb.InfluxDBException;
import org.influxdb.InfluxDBIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the server which interface it speaks, by the version that it states on {@code /ping}: 1.x is written to through
 * influxdb-java, anything else (InfluxDB 2, QuestDB, which claims to be a 2.7) through influxdb-client-java. It asks
 * before the first write and again whenever the server has been away: it may come back as another.
 */
final class DetectedStore implements Store {
    private static final Logger log = LoggerFactory.getLogger(DetectedStore.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final SinkSettings settings;
    private @Nullable Store store;
    private String knownVersion = "";

    DetectedStore(SinkSettings settings) {
        this.settings = settings;
    }

    @Override
    public Outcome write(String lines) {
        Outcome outcome = asked();
        if (outcome instanceof Outcome.Written && store != null) {
            outcome = store.write(lines);
        }
        if (outcome instanceof Outcome.Away) {
            close();
        }
        return outcome;
    }

    /** Makes sure that there is a store, if its server answers. */
    private Outcome asked() {
        try {
            if (store == null) {
                store = ask();
            }
            return new Outcome.Written();
        } catch (InfluxDBException e) {
            return new Outcome.Away(String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause()));
        }
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
            store = null;
        }
    }

    @Override
    public Outcome clear(List<Incomplete> points) {
        Outcome outcome = asked();
        if (outcome instanceof Outcome.Written && store != null) {
            outcome = store.clear(points);
        }
        if (outcome instanceof Outcome.Away) {
            close();
        }
        return outcome;
    }

    static OkHttpClient.Builder http(SinkSettings settings) {
        OkHttpClient.Builder http = new OkHttpClient.Builder()
                .addInterceptor(new OwnWords())
                .followRedirects(false) // a login page would answer in the store's name
                .connectTimeout(CONNECT_TIMEOUT)
                .readTimeout(ANSWER_TIMEOUT)
                .writeTimeout(ANSWER_TIMEOUT);
        settings.tls().ifPresent(tls -> {
            try {
                http.sslSocketFactory(tls.context().getSocketFactory(), tls.trusted());
            } catch (IOException | GeneralSecurityException e) {
                throw new InfluxDBIOException(new IOException("tls: " + e.getMessage(), e));
            }
        });
        return http;
    }

    /** The token as it is now: a connection that is refused is made anew, with what is there then. */
    static String token(SinkSettings settings) {
        try {
            return settings.tokenNow();
        } catch (IOException e) {
            throw new InfluxDBIOException(new IOException("token: " + e.getMessage(), e));
        }
    }

    private Store ask() {
        Influx1Store one = Influx1Store.at(settings, ANSWER_TIMEOUT);
        try {
            String version = one.version();
            boolean isOne = version.startsWith("1.");
            if (!version.equals(knownVersion)) {
                knownVersion = version;
                log.info("store=found url={} version={} interface={}", settings.url(), version, isOne ? "v1" : "v2");
            }
            if (isOne) {
                return one;
            }
        } catch (InfluxDBException e) {
            one.close();
            throw e;
        }
        one.close();
        return new Influx2Store(settings);
    }
}

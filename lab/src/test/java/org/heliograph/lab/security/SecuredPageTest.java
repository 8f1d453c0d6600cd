package org.heliograph.lab.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;
import org.heliograph.lab.pki.DevelopmentAuthority;
import org.heliograph.lab.pki.Identity;
import org.heliograph.lab.pki.Subject;
import org.heliograph.streams.page.LivePage;
import org.heliograph.streams.page.PageBoard;
import org.heliograph.streams.page.PageSettings;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets at the figures of a page that is opened to a network, by its token and by certificates. */
class SecuredPageTest {
    private static final Duration VALIDITY = Duration.ofDays(1);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<String> HERE = List.of("localhost", "127.0.0.1");
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path folder;

    private final Instant now = Instant.now();
    private final DevelopmentAuthority authority = DevelopmentAuthority.create(now, VALIDITY);
    private final DevelopmentAuthority stranger = DevelopmentAuthority.create(now, VALIDITY);

    @Test
    void over_tls_who_shows_the_token_is_let_in_and_nobody_shows_it_to_another_server() throws Exception {
        Path ca = write(authority.own(), "ca").certificate();
        Identity.PemFiles own = write(authority.issue(Subject.server("page", HERE), now, VALIDITY), "page");
        Secret token = new Secret.InFile(Files.writeString(folder.resolve("token"), TOKEN));
        PageSettings settings = new PageSettings(
                true, "127.0.0.1", 0, Optional.of(token), Optional.of(new Tls(null, own.certificate(), own.key())));
        try (LivePage page = LivePage.start(settings, new PageBoard());
                HttpClient reader = client(new Tls(ca, null, null));
                HttpClient other =
                        client(new Tls(write(stranger.own(), "stranger").certificate(), null, null))) {
            assertThat(page.address().getScheme()).isEqualTo("https");
            assertThat(status(reader, page.address(), "/api/sites", null)).isEqualTo(401);
            assertThat(status(reader, page.address(), "/api/sites", "a wrong guess at it"))
                    .isEqualTo(401);
            assertThat(status(reader, page.address(), "/api/sites", TOKEN)).isEqualTo(200);
            assertThat(status(reader, page.address(), "/metrics", null)).isEqualTo(401);
            assertThatThrownBy(() -> status(other, page.address(), "/api/sites", TOKEN))
                    .as("a page of an authority that the reader doesn't know")
                    .isInstanceOf(SSLException.class);
        }
        Identity.PemFiles elsewhere = write(
                authority.issue(Subject.server("elsewhere", List.of("other.example")), now, VALIDITY), "elsewhere");
        PageSettings wrong = new PageSettings(
                true,
                "127.0.0.1",
                0,
                Optional.of(token),
                Optional.of(new Tls(null, elsewhere.certificate(), elsewhere.key())));
        try (LivePage page = LivePage.start(wrong, new PageBoard());
                HttpClient reader = client(new Tls(ca, null, null))) {
            assertThatThrownBy(() -> status(reader, page.address(), "/api/sites", TOKEN))
                    .as("a page that can't prove its name")
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void a_page_that_asks_for_certificates_lets_in_who_has_one_of_its_authority_while_it_is_valid() throws Exception {
        Path ca = write(authority.own(), "ca").certificate();
        Identity.PemFiles own = write(authority.issue(Subject.server("page", HERE), now, VALIDITY), "page");
        try (LivePage page = LivePage.start(asking(ca, own), new PageBoard())) {
            assertRefused(page, new Tls(ca, null, null));
            assertRefused(page, as(ca, stranger.issue(Subject.client("foreign"), now, VALIDITY), "foreign"));
            assertRefused(
                    page,
                    as(
                            ca,
                            authority.issue(Subject.client("expired"), now.minus(VALIDITY), now.minusSeconds(60)),
                            "expired"));
            assertRefused(page, as(ca, authority.issue(Subject.server("server", HERE), now, VALIDITY), "server"));
            try (HttpClient reader =
                    client(as(ca, authority.issue(Subject.client("reader"), now, VALIDITY), "reader"))) {
                assertThat(status(reader, page.address(), "/api/sites", null)).isEqualTo(200);
            }
        }
    }

    @Test
    void certificates_that_are_renewed_are_taken_up_and_broken_ones_are_not() throws Exception {
        Path ca = write(authority.own(), "ca").certificate();
        Identity.PemFiles own = write(authority.issue(Subject.server("page", HERE), now, VALIDITY), "page");
        Tls reader = as(ca, authority.issue(Subject.client("reader"), now, VALIDITY), "reader");
        try (LivePage page = LivePage.start(asking(ca, own), new PageBoard())) {
            X509Certificate first = shown(page, reader);

            Identity renewed = authority.issue(Subject.server("page", HERE), now, VALIDITY);
            write(renewed, "page");
            awaitShown(page, reader, renewed.certificate());
            assertThat(shown(page, reader)).isNotEqualTo(first);

            Files.writeString(own.certificate(), "half of a certificate");
            Identity again = authority.issue(Subject.server("page", HERE), now, VALIDITY);
            assertThat(shown(page, reader)).isEqualTo(renewed.certificate());
            write(again, "page");
            awaitShown(page, reader, again.certificate());

            // another authority of readers: those of the one before stay outside
            Tls newcomer = as(ca, stranger.issue(Subject.client("newcomer"), now, VALIDITY), "newcomer");
            assertRefused(page, newcomer);
            Files.writeString(
                    ca,
                    Files.readString(ca)
                            + Files.readString(write(stranger.own(), "stranger").certificate()));
            awaitShown(page, newcomer, again.certificate());
        }
    }

    private PageSettings asking(Path ca, Identity.PemFiles own) {
        return new PageSettings(
                true, "127.0.0.1", 0, Optional.empty(), Optional.of(new Tls(ca, own.certificate(), own.key())));
    }

    private Tls as(Path ca, Identity identity, String name) throws IOException {
        Identity.PemFiles files = write(identity, name);
        return new Tls(ca, files.certificate(), files.key());
    }

    private Identity.PemFiles write(Identity identity, String name) throws IOException {
        return identity.write(folder, name);
    }

    private static void assertRefused(LivePage page, Tls tls) throws Exception {
        try (HttpClient reader = client(tls)) {
            // with TLS 1.3 a client hears of it only after its own part is done
            assertThatThrownBy(() -> status(reader, page.address(), "/api/sites", null))
                    .isInstanceOf(IOException.class);
        }
    }

    /** The certificate that the page shows to a new connection. */
    private static X509Certificate shown(LivePage page, Tls tls) throws Exception {
        try (HttpClient reader = client(tls)) {
            return (X509Certificate) get(reader, page.address(), "/api/sites", null)
                    .sslSession()
                    .orElseThrow()
                    .getPeerCertificates()[0];
        }
    }

    private static void awaitShown(LivePage page, Tls tls, X509Certificate expected) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                if (shown(page, tls).equals(expected)) {
                    return;
                }
            } catch (IOException _) {
                // not let in yet
            }
            assertThat(System.nanoTime())
                    .as("the new certificates to be taken up")
                    .isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    private static HttpClient client(Tls tls) throws Exception {
        return HttpClient.newBuilder().sslContext(tls.context()).build();
    }

    private static int status(HttpClient client, URI page, String path, @Nullable String token) throws Exception {
        return get(client, page, path, token).statusCode();
    }

    private static HttpResponse<String> get(HttpClient client, URI page, String path, @Nullable String token)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(page.resolve(path));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}

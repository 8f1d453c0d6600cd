package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.telemetry.reading.DeviceId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order of what one observation brings, of readings without times of their own. */
class NotificationsTest {
    private static final DeviceId CRAC = new DeviceId("casa1", "crac-01");
    private static final Token TOKEN = new Token(new byte[] {1});

    private final RecordingIntake intake = new RecordingIntake();
    private final ScheduledThreadPoolExecutor retries = new ScheduledThreadPoolExecutor(1);
    private final Request request = Request.newGet().setObserve();
    private final Notifications notifications = new Notifications(
            CRAC,
            URI.create("coap://10.0.3.1/senml"),
            request,
            new Reception(
                    CRAC,
                    new Confirmations(CoapSource.configuration(Patience.DEFAULT)),
                    intake,
                    MachineClock.of(InstantSource.system()),
                    new Handover(CRAC, intake, retries, Duration.ofDays(1), () -> {})));

    NotificationsTest() {
        request.setToken(TOKEN);
    }

    @AfterEach
    void end() {
        retries.shutdownNow();
    }

    @Test
    void what_comes_late_after_an_answer_is_as_late_as_after_a_notification() throws Exception {
        notifications.onResponse(shown(6, 1));
        notifications.onNotification(request, shown(5, 2));
        notifications.onNotification(request, shown(7, 3));
        assertNext(1);
        assertNext(3);

        notifications.onResponse(shown(9, 4));
        notifications.onNotification(request, shown(8, 5));
        notifications.onNotification(request, shown(10, 6));
        assertNext(4);
        assertNext(6);
    }

    @Test
    void a_device_that_counts_anew_when_it_is_asked_again_is_heard() throws Exception {
        notifications.onResponse(shown(1_000, 1));
        notifications.onResponse(shown(2, 2));
        notifications.onNotification(request, shown(3, 3));
        assertNext(1);
        assertNext(2);
        assertNext(3);
    }

    private void assertNext(double watts) throws InterruptedException {
        assertThat(intake.awaitReadings().series().getFirst().toString()).contains("[" + watts + "]");
    }

    private static Response shown(int number, int watts) {
        Response response = new Response(CoAP.ResponseCode.CONTENT);
        response.setType(CoAP.Type.NON);
        response.setMID(number);
        response.setToken(TOKEN);
        response.getOptions().setObserve(number).setContentFormat(110);
        response.setPayload("[{\"n\":\"power\",\"u\":\"W\",\"v\":" + watts + "}]");
        response.setSourceContext(
                new AddressEndpointContext(new InetSocketAddress(InetAddress.getLoopbackAddress(), 5683)));
        return response;
    }
}

package org.heliograph.agent.source.coap;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.observe.NotificationListener;
import org.heliograph.telemetry.reading.DeviceId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes of one observation, on Californium's threads, and what it means to who keeps the device observed. A full queue
 * of events only means that the device is well heard.
 */
final class Notifications extends MessageObserverAdapter implements NotificationListener, CoapHandler {
    private static final Logger log = LoggerFactory.getLogger(Notifications.class);

    private static final int EVENTS_MAX = 64;

    private final DeviceId device;
    private final URI uri;
    private final Request request;
    private final Reception reception;
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(EVENTS_MAX);
    private final CountDownLatch answered = new CountDownLatch(1);
    private @Nullable Freshness latest;
    private volatile boolean left;

    /** What changes for who keeps the device observed. */
    sealed interface Event {
        /** @param maxAge how long the representation is fresh */
        record Heard(Duration maxAge, boolean observed) implements Event {}

        /** The journal had no room for something of it, and has room again. */
        record RoomAgain() implements Event {}

        record OtherFormatWanted() implements Event {}

        record Failed(String reason) implements Event {}
    }

    /** @param request that observes */
    Notifications(DeviceId device, URI uri, Request request, Reception reception) {
        this.device = device;
        this.uri = uri;
        this.request = request;
        this.reception = reception;
    }

    /** The answer to a GET, the first or a renewal: the device may have counted anew, and the order goes on from its number. */
    @Override
    public void onResponse(Response response) {
        if (left) {
            answered.countDown();
            return;
        }
        synchronized (this) {
            latest = response.isNotification()
                    ? new Freshness(response.getOptions().getObserve(), System.nanoTime())
                    : null;
        }
        heard(response, false);
    }

    @Override
    public void onNotification(Request observed, Response response) {
        if (observed.getToken().equals(request.getToken())) {
            heard(response, response.isNotification() && isLate(response));
        }
    }

    @Override
    public void onLoad(CoapResponse response) {
        // heard already, and those that came late, too
    }

    @Override
    public void onError() {
        tell(new Event.Failed("no answer, or the observation was reset"));
    }

    private synchronized boolean isLate(Response response) {
        int number = response.getOptions().getObserve();
        long now = System.nanoTime();
        boolean late = latest != null && !latest.isBefore(number, now);
        latest = Freshness.later(latest, number, now);
        return late;
    }

    void tell(Event event) {
        if (!events.offer(event)) {
            log.debug("coap=busy device={}", device);
        }
    }

    /** The next event; null when there is none in time. */
    @Nullable
    Event next(Duration wait) throws InterruptedException {
        return events.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** From now on nothing but an answer to the observation's end is waited for. */
    void leave() {
        left = true;
    }

    /** Whether the device has answered to the observation's end. */
    boolean isAnswered(Duration within) throws InterruptedException {
        return answered.await(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void heard(Response response, boolean late) {
        if (!response.isSuccess()) {
            reception.confirm(response);
            tell(
                    response.getCode() == CoAP.ResponseCode.NOT_ACCEPTABLE
                            ? new Event.OtherFormatWanted()
                            : new Event.Failed("answered " + response.getCode()));
            return;
        }
        tell(new Event.Heard(Duration.ofSeconds(response.getOptions().getMaxAge()), response.isNotification()));
        reception.take(uri, response, late);
    }
}

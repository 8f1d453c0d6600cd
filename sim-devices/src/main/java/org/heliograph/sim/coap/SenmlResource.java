package org.heliograph.sim.coap;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.heliograph.sim.device.SenmlPack;
import org.heliograph.sim.device.Snapshot;

/** The last readings of a device, observable, confirmable. */
final class SenmlResource extends CoapResource {
    private final Deque<Snapshot> ring = new ArrayDeque<>();
    private volatile Representation representation;

    private static final class Representation {
        /** Counts from 0. */
        final long version;

        final byte[] json;

        Representation(long version, byte[] json) {
            this.version = version;
            this.json = json;
        }
    }

    SenmlResource(Snapshot first) {
        super("senml");
        setObservable(true);
        setObserveType(CoAP.Type.CON);
        getAttributes().setObservable();
        getAttributes().addContentType(MediaTypeRegistry.APPLICATION_SENML_JSON);
        getAttributes().addResourceType("senml");
        ring.add(first);
        representation = new Representation(0, SenmlPack.json(List.of(first)));
    }

    /**
     * Shows newer readings beside the last ones, and notifies the observers.
     *
     * @param most how many instants are shown at a time
     */
    void show(List<Snapshot> newer, int most) {
        ring.addAll(newer);
        while (ring.size() > most) {
            ring.removeFirst();
        }
        representation = new Representation(version() + 1, SenmlPack.json(List.copyOf(ring)));
        changed();
    }

    long version() {
        return representation.version;
    }

    @Override
    public void handleGET(CoapExchange exchange) {
        if (exchange.getRequestOptions().hasAccept()
                && !exchange.getRequestOptions().isAccept(MediaTypeRegistry.APPLICATION_SENML_JSON)) {
            exchange.respond(CoAP.ResponseCode.NOT_ACCEPTABLE);
            return;
        }
        Representation shown = representation;
        Response response = new Response(CoAP.ResponseCode.CONTENT);
        response.setPayload(shown.json);
        response.getOptions()
                .setContentFormat(MediaTypeRegistry.APPLICATION_SENML_JSON)
                .addETag(ByteBuffer.allocate(Long.BYTES).putLong(shown.version).array());
        exchange.respond(response);
    }
}

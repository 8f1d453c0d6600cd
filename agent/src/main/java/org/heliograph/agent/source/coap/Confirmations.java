package org.heliograph.agent.source.coap;

import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.ExtendedCoapStackFactory;
import org.eclipse.californium.core.network.Outbox;
import org.eclipse.californium.core.network.stack.BaseCoapStack;
import org.eclipse.californium.core.network.stack.BlockwiseLayer;
import org.eclipse.californium.core.network.stack.CoapStack;
import org.eclipse.californium.core.network.stack.ExchangeCleanupLayer;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.core.network.stack.ObserveLayer;
import org.eclipse.californium.core.network.stack.ReliabilityLayer;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Withholds the acknowledgements of confirmable notifications until the journal has what they brought. Californium
 * acknowledges a notification before anybody has seen it; here that acknowledgement is stopped on its way out, and sent
 * when it is true. A device that gets none sends again, and in the end lets the observation go, which is then made anew.
 */
final class Confirmations extends ReliabilityLayer {
    private final Withheld withheld = new Withheld();

    Confirmations(Configuration configuration) {
        super(configuration);
    }

    /** Californium's stack for UDP, with this as its reliability. */
    ExtendedCoapStackFactory stack() {
        return new ExtendedCoapStackFactory() {
            @Override
            public CoapStack createCoapStack(
                    String protocol,
                    String tag,
                    Configuration configuration,
                    @Nullable EndpointContextMatcher matching,
                    Outbox outbox,
                    Object custom) {
                return new Stack(tag, configuration, matching, outbox);
            }

            @Override
            @SuppressWarnings("deprecation") // it has to be there all the same
            public CoapStack createCoapStack(
                    String protocol, String tag, Configuration configuration, Outbox outbox, Object custom) {
                return createCoapStack(protocol, tag, configuration, null, outbox, custom);
            }
        };
    }

    private final class Stack extends BaseCoapStack {
        Stack(String tag, Configuration configuration, @Nullable EndpointContextMatcher matching, Outbox outbox) {
            super(outbox);
            setLayers(new Layer[] {
                new ExchangeCleanupLayer(configuration),
                new ObserveLayer(configuration),
                new BlockwiseLayer(tag, false, configuration, matching),
                Confirmations.this
            });
        }
    }

    @Override
    public void receiveResponse(Exchange exchange, Response response) {
        if (response.getType() == CoAP.Type.CON && response.isNotification()) {
            Withheld.Notification notification = notification(response, response.getSourceContext());
            if (!response.isDuplicate()) {
                withheld.withhold(notification, response.getSourceContext());
            } else if (!response.isRejected() && !withheld.isConfirmed(notification)) {
                return; // a repetition would be acknowledged as the first was, which it wasn't
            }
        }
        super.receiveResponse(exchange, response);
    }

    @Override
    public void sendEmptyMessage(Exchange exchange, EmptyMessage message) {
        Withheld.Notification notification = notification(message, message.getDestinationContext());
        if (withheld.isWaiting(notification)) {
            if (message.getType() == CoAP.Type.ACK) {
                return;
            }
            withheld.forget(notification);
        }
        super.sendEmptyMessage(exchange, message);
    }

    /** What the notification brought is on disk, or there was nothing to keep. */
    void confirm(Response response) {
        EndpointContext context = withheld.confirm(notification(response, response.getSourceContext()));
        if (context != null) {
            EmptyMessage acknowledgement = new EmptyMessage(CoAP.Type.ACK);
            acknowledgement.setMID(response.getMID());
            acknowledgement.setDestinationContext(context);
            acknowledge(acknowledgement);
        }
    }

    private static Withheld.Notification notification(Message message, EndpointContext peer) {
        return new Withheld.Notification(peer.getPeerAddress(), message.getMID());
    }

    /** Of no exchange: the one that it answers may be complete by now. */
    @SuppressWarnings("NullAway")
    private void acknowledge(EmptyMessage acknowledgement) {
        super.sendEmptyMessage(null, acknowledgement);
    }
}

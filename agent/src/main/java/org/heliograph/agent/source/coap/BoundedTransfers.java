package org.heliograph.agent.source.coap;

import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.ExtendedCoapStackFactory;
import org.eclipse.californium.core.network.Outbox;
import org.eclipse.californium.core.network.stack.CoapStack;
import org.eclipse.californium.core.network.stack.CoapUdpStack;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Californium's stack for UDP, with fewer bodies that are put together at once than peers. One setting bounds both: how many
 * bodies of 64 KiB there are, and how many peers can be told apart by the numbers of their messages, beyond which those who
 * want no confirmation get no answer.
 */
record BoundedTransfers(int transfersMax) implements ExtendedCoapStackFactory {
    @Override
    public CoapStack createCoapStack(
            String protocol,
            String tag,
            Configuration configuration,
            @Nullable EndpointContextMatcher matching,
            Outbox outbox,
            Object custom) {
        Configuration bounded = new Configuration(configuration).set(CoapConfig.MAX_ACTIVE_PEERS, transfersMax);
        return new CoapUdpStack(tag, bounded, matching, outbox);
    }

    @Override
    @SuppressWarnings("deprecation") // it has to be there all the same
    public CoapStack createCoapStack(
            String protocol, String tag, Configuration configuration, Outbox outbox, Object custom) {
        return createCoapStack(protocol, tag, configuration, null, outbox, custom);
    }
}

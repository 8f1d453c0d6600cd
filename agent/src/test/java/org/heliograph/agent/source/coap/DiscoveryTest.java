package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.eclipse.californium.core.coap.LinkFormat;
import org.heliograph.agent.payload.senml.SenmlFormat;
import org.junit.jupiter.api.Test;

class DiscoveryTest {
    private static final URI DEVICE = URI.create("coap://10.0.0.1:5683");

    @Test
    void a_device_tells_of_its_own_resources_only() {
        assertThat(found("<//10.0.0.9/senml>;obs;ct=110,<coap://10.0.0.9/senml>;obs;ct=110"))
                .isEmpty();
        assertThat(found("<//10.0.0.9/senml>;obs;ct=112,</readings>;obs;ct=110"))
                .contains(new Discovery.Found(URI.create("coap://10.0.0.1:5683/readings"), SenmlFormat.JSON));
    }

    private static Optional<Discovery.Found> found(String links) {
        return Discovery.senml(DEVICE, LinkFormat.parse(links));
    }
}

package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.junit.jupiter.api.Test;

class WithheldTest {
    private static final InetSocketAddress DEVICE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5_683);
    private static final EndpointContext FROM = new AddressEndpointContext(DEVICE);

    private final Withheld withheld = new Withheld();

    @Test
    void what_was_confirmed_may_be_acknowledged_again_when_it_is_repeated() {
        withheld.withhold(notification(7), FROM);
        assertThat(withheld.isConfirmed(notification(7))).isFalse();

        assertThat(withheld.confirm(notification(7))).isSameAs(FROM);
        assertThat(withheld.isConfirmed(notification(7))).isTrue();
        assertThat(withheld.confirm(notification(7))).as("once").isNull();

        withheld.withhold(notification(7), FROM);
        assertThat(withheld.isConfirmed(notification(7)))
                .as("numbers begin anew")
                .isFalse();
    }

    @Test
    void what_is_forgotten_for_others_is_not_acknowledged_when_its_device_repeats_it() {
        withheld.withhold(notification(0), FROM);
        for (int i = 1; i <= Withheld.NOTIFICATIONS_MAX; i++) {
            withheld.withhold(notification(i), FROM);
        }

        assertThat(withheld.isWaiting(notification(0))).isFalse();
        assertThat(withheld.isConfirmed(notification(0))).isFalse();
        assertThat(withheld.confirm(notification(0))).isNull();
    }

    private static Withheld.Notification notification(int mid) {
        return new Withheld.Notification(DEVICE, mid);
    }
}

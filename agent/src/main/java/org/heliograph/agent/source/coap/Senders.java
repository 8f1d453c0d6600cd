package org.heliograph.agent.source.coap;

import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.auth.PreSharedKeyIdentity;
import org.eclipse.californium.elements.auth.X509CertPath;
import org.heliograph.agent.config.CoapPush;
import org.heliograph.telemetry.reading.DeviceId;

/** Tells who sent a message: by the key or the certificate of its DTLS session, by its address, or not at all. */
final class Senders {
    private final CoapPush config;
    private final String site;
    private final Map<String, String> devicesByIdentity = new HashMap<>();

    Senders(CoapPush config, String site) {
        this.config = config;
        this.site = site;
        if (config.dtls() != null) {
            config.dtls().keys().forEach((identity, key) -> devicesByIdentity.put(identity, key.device()));
        }
    }

    Sender of(EndpointContext context) {
        String address = context.getPeerAddress().getAddress().getHostAddress();
        Principal proved = context.getPeerIdentity();
        if (proved != null) {
            return device(proved).<Sender>map(Sender.Device::new).orElseGet(() -> new Sender.Stranger(address));
        }
        CoapPush.Plain plain = config.plain();
        if (plain == null) {
            return new Sender.Stranger(address);
        }
        String named = plain.devices().get(context.getPeerAddress().getAddress());
        if (named != null) {
            return new Sender.Device(new DeviceId(site, named));
        }
        return plain.insecure() ? new Sender.Anyone(address) : new Sender.Stranger(address);
    }

    /** Whether a device has to prove itself, so that nobody else may speak for it. */
    boolean isProvable(DeviceId device) {
        return config.devices().contains(device.device());
    }

    private Optional<DeviceId> device(Principal proved) {
        Optional<String> name = switch (proved) {
            case PreSharedKeyIdentity key -> Optional.ofNullable(devicesByIdentity.get(key.getIdentity()));
            case X509CertPath path
            when config.dtls() != null ->
                Subjects.device(path.getTarget(), config.dtls().subjects());
            default -> Optional.empty();
        };
        return name.map(device -> new DeviceId(site, device));
    }
}

package org.heliograph.agent.source.coap;

import java.net.URI;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import org.eclipse.californium.core.WebLink;
import org.eclipse.californium.core.coap.MediaTypeRegistry;

/** Finds a device's observable SenML among the links of its {@code /.well-known/core} (RFC 6690). */
final class Discovery {
    private static final String SENML_JSON = String.valueOf(MediaTypeRegistry.APPLICATION_SENML_JSON);
    private static final String USUAL_PATH = "/senml";

    private Discovery() {}

    static boolean isNeeded(URI uri) {
        return uri.getRawPath() == null
                || uri.getRawPath().isEmpty()
                || uri.getRawPath().equals("/");
    }

    /** The resource's URI; empty when the device has none. The usual path is preferred, then the first by name. */
    static Optional<URI> senml(URI device, Set<WebLink> links) {
        return links.stream()
                .filter(link -> link.getAttributes().hasObservable())
                .filter(link -> link.getAttributes().getContentTypes().contains(SENML_JSON))
                .map(WebLink::getURI)
                .filter(path -> path.startsWith("/"))
                .min(Comparator.comparing((String path) -> !path.equals(USUAL_PATH))
                        .thenComparing(Comparator.naturalOrder()))
                .map(device::resolve);
    }
}

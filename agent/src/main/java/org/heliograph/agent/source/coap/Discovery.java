package org.heliograph.agent.source.coap;

import java.net.URI;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.californium.core.WebLink;
import org.heliograph.agent.payload.senml.SenmlFormat;

/** Finds a device's observable SenML among the links of its {@code /.well-known/core} (RFC 6690). */
final class Discovery {
    private static final String USUAL_PATH = "/senml";
    private static final String USUAL_TYPE = "senml";

    private Discovery() {}

    /** A resource, and the most compact form that it offers. */
    record Found(URI uri, SenmlFormat format) {}

    static boolean isNeeded(URI uri) {
        return uri.getRawPath() == null
                || uri.getRawPath().isEmpty()
                || uri.getRawPath().equals("/");
    }

    /**
     * The device's resource; empty when it has none. The usual path is preferred, then the usual resource type, then the
     * first by name.
     */
    static Optional<Found> senml(URI device, Set<WebLink> links) {
        return links.stream()
                .filter(link -> link.getAttributes().hasObservable())
                // two slashes are another host
                .filter(link -> link.getURI().startsWith("/") && !link.getURI().startsWith("//"))
                .filter(link -> format(link).isPresent())
                .min(Comparator.comparing((WebLink link) -> !link.getURI().equals(USUAL_PATH))
                        .thenComparing(link -> !words(link.getAttributes().getResourceTypes())
                                .toList()
                                .contains(USUAL_TYPE))
                        .thenComparing(WebLink::getURI))
                .flatMap(link -> format(link).map(format -> new Found(device.resolve(link.getURI()), format)));
    }

    private static Optional<SenmlFormat> format(WebLink link) {
        List<String> offered = words(link.getAttributes().getContentTypes()).toList();
        return Stream.of(SenmlFormat.CBOR, SenmlFormat.JSON)
                .filter(format -> offered.contains(String.valueOf(format.contentFormat())))
                .findFirst();
    }

    /** An attribute may be there several times, and hold several words each time. */
    private static Stream<String> words(List<String> values) {
        return values.stream().flatMap(value -> Arrays.stream(value.trim().split("\\s+")));
    }
}

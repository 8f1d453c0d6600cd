package org.heliograph.agent.source.coap;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/** What a certificate says of its owner. */
final class Subjects {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private Subjects() {}

    /** Its DNS names and addresses, and its common name. */
    static Set<String> of(X509Certificate certificate) {
        Set<String> names = new HashSet<>();
        try {
            new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .forEach(part -> names.add(part.getValue().toString()));
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> alternative : alternatives) {
                    if (alternative.getFirst() instanceof Integer kind && (kind == DNS_NAME || kind == IP_ADDRESS)) {
                        names.add(String.valueOf(alternative.get(1)));
                    }
                }
            }
        } catch (InvalidNameException | CertificateParsingException _) {
            // what can't be read names nobody
            return Set.of();
        }
        return names;
    }

    /** The one device that it names; empty when it names none, or several. */
    static Optional<String> device(X509Certificate certificate, Map<String, String> devicesBySubject) {
        Set<String> devices = of(certificate).stream()
                .filter(devicesBySubject::containsKey)
                .map(devicesBySubject::get)
                .collect(Collectors.toSet());
        return devices.size() == 1 ? devices.stream().findFirst() : Optional.empty();
    }
}

package org.heliograph.streams.topology;

/** A small site: every role that matters, few devices. */
final class SiteFixture {
    static final String YAML = """
            site: test1
            zone: Africa/Casablanca
            location: {latitude: 33.57, longitude: -7.59}
            devices:
              - {id: util-1, profile: utility-meter, role: grid, rating: 100 kW}
              - {id: inv-1, profile: pv-inverter, role: pv, rating: 50 kW}
              - {id: ups-a, profile: ups, role: ups}
              - {id: fpdu-1, profile: floor-pdu, role: floor-pdu}
              - {id: "pdu-{a,b}", profile: rack-pdu, role: it, area: "row-{1}"}
              - {id: crac-1, profile: crac, role: cooling}
              - {id: inlet-1, profile: inlet-sensor, role: room}
            """;

    private SiteFixture() {}
}

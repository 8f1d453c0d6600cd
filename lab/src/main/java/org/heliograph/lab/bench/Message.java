package org.heliograph.lab.bench;

import java.util.Locale;

/** What a publisher of the benchmarks says, in turn of each of as many devices as a hall has. */
record Message(String topic, String payload) {
    static final int DEVICES = 440;

    /** Of what {@link #pack} makes. */
    static final int READINGS_PER_PACK = 3;

    private static final String SENML = "hg/bench/%s/senml";

    private static final long BASE_SECONDS = 1_780_000_000L;

    /** What matches all topics of packs. */
    static String filter() {
        return SENML.formatted("+");
    }

    /** Three readings of a rack PDU. */
    static Message pack(int number) {
        return new Message(
                SENML.formatted(device(number)),
                ("[{\"bt\":%d,\"n\":\"energy\",\"u\":\"Wh\",\"v\":%d},{\"n\":\"power\",\"u\":\"W\",\"v\":%d.5},"
                                + "{\"n\":\"current\",\"u\":\"A\",\"v\":9.25}]")
                        .formatted(BASE_SECONDS + number, 1_000_000 + number, 2_000 + number % 500));
    }

    /** One, as collectd's MQTT plugin takes it. */
    static Message value(int number) {
        return new Message(
                "collectd/%s/hg/gauge-power".formatted(device(number)),
                String.format(Locale.ROOT, "%d:%d.5", BASE_SECONDS + number, 2_000 + number % 500));
    }

    private static String device(int number) {
        return "pdu-%03d".formatted(number % DEVICES);
    }
}

package org.heliograph.agent.source.mqtt;

/** What a broker's codes mean (MQTT 5, 2.4), of those with which it ends the connection of such a client. */
final class ReasonCode {
    static final int RETAIN_NOT_SUPPORTED = 0x9A;
    static final int QOS_NOT_SUPPORTED = 0x9B;

    private ReasonCode() {}

    static String meaning(int code) {
        return switch (code) {
            case 0x00 -> "without a reason";
            case 0x81 -> "malformed packet";
            case 0x82 -> "protocol error";
            case 0x87 -> "not authorized";
            case 0x89 -> "server busy";
            case 0x8B -> "server shutting down";
            case 0x8D -> "keep alive timeout";
            case 0x8E -> "session taken over: another client connects with this clientId";
            case 0x93 -> "receive maximum exceeded";
            case 0x95 -> "packet too large";
            case 0x96 -> "message rate too high";
            case 0x97 -> "quota exceeded";
            case 0x98 -> "administrative action";
            case RETAIN_NOT_SUPPORTED -> "retain not supported: a Sparkplug host has to retain its state";
            case QOS_NOT_SUPPORTED -> "QoS not supported: a Sparkplug host has to publish its state at QoS 1";
            case 0x9C, 0x9D -> "another server is to be used";
            case 0x9F -> "connection rate exceeded";
            default -> "unspecified";
        };
    }
}

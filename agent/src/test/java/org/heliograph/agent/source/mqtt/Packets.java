package org.heliograph.agent.source.mqtt;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.paho.mqttv5.common.packet.MqttDataTypes;
import org.heliograph.agent.config.AgentConfig.Protocol;

/** What a broker says and hears, byte for byte, in both versions of the protocol. */
final class Packets {
    static final int CONNECT = 1;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int SUBSCRIBE = 8;
    static final int UNSUBSCRIBE = 10;
    static final int DISCONNECT = 14;

    /** Of what {@link #publish} says. */
    static final int ID = 7;

    private Packets() {}

    static byte[] puback(Protocol protocol, ByteBuffer publish) {
        byte[] packet = puback(publish, 0);
        return switch (protocol) {
            case V5 -> packet;
            case V3_1_1 -> new byte[] {packet[0], 2, packet[2], packet[3]};
        };
    }

    static byte[] puback(ByteBuffer publish, int code) {
        int id = Short.BYTES + publish.getShort(0);
        return new byte[] {0x40, 4, publish.get(id), publish.get(id + 1), (byte) code, 0};
    }

    static byte[] connack(Protocol protocol) {
        return switch (protocol) {
            case V5 -> new byte[] {0x20, 3, 0, 0, 0};
            case V3_1_1 -> new byte[] {0x20, 2, 0, 0};
        };
    }

    static byte[] suback(Protocol protocol, short id) {
        return suback(protocol, id, 1);
    }

    static byte[] suback(Protocol protocol, short id, int... codes) {
        ByteBuffer body = ByteBuffer.allocate(127).putShort(id);
        if (protocol == Protocol.V5) {
            body.put((byte) 0);
        }
        for (int code : codes) {
            body.put((byte) code);
        }
        body.flip();
        byte[] packet = new byte[2 + body.remaining()];
        packet[0] = (byte) 0x90;
        packet[1] = (byte) body.remaining();
        body.get(packet, 2, body.remaining());
        return packet;
    }

    static byte[] publish(Protocol protocol, String topic, String payload) {
        ByteBuffer body = ByteBuffer.allocate(127);
        body.putShort((short) topic.length()).put(topic.getBytes(StandardCharsets.UTF_8));
        body.putShort((short) ID);
        if (protocol == Protocol.V5) {
            body.put((byte) 0);
        }
        body.put(payload.getBytes(StandardCharsets.UTF_8)).flip();
        byte[] packet = new byte[2 + body.remaining()];
        packet[0] = 0x32;
        packet[1] = (byte) body.remaining();
        body.get(packet, 2, body.remaining());
        return packet;
    }

    /** The body of the next packet of a type; others are passed over. */
    static ByteBuffer packet(DataInputStream in, int type) throws IOException {
        while (true) {
            int first = in.readUnsignedByte();
            int length = MqttDataTypes.readVariableByteInteger(in).getValue();
            byte[] body = in.readNBytes(length);
            if (first >> 4 == type) {
                return ByteBuffer.wrap(body);
            }
        }
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}

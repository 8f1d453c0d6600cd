package org.heliograph.lab.server;

import java.util.Queue;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** Notes the topics of the messages that arrive. */
record Topics(Queue<String> seen) implements Subscriber {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
        seen.add(topic);
    }
}

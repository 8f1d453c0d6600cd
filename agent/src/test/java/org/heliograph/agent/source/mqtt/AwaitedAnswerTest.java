package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.Test;

/** Object.wait may return though nothing has happened, as after an interruption of the wait before. */
class AwaitedAnswerTest {
    private static final short TIMED_OUT = MqttException.REASON_CODE_CLIENT_TIMEOUT;

    @Test
    void a_wait_that_ends_early_goes_on_with_mqtt_3() throws Exception {
        Deque<Exception> ends = ends(new MqttException(TIMED_OUT), new MqttException(TIMED_OUT));
        Mqtt3Link.await(token(org.eclipse.paho.client.mqttv3.IMqttToken.class, ends), 60_000);
        assertThat(ends).isEmpty();
    }

    @Test
    void a_wait_that_ends_early_goes_on_with_mqtt_5() throws Exception {
        Deque<Exception> ends = ends(
                new org.eclipse.paho.mqttv5.common.MqttException(TIMED_OUT),
                new org.eclipse.paho.mqttv5.common.MqttException(TIMED_OUT));
        Mqtt5Link.await(token(org.eclipse.paho.mqttv5.client.IMqttToken.class, ends), 60_000);
        assertThat(ends).isEmpty();
    }

    @Test
    void what_the_broker_refuses_and_an_answer_that_never_comes_end_the_wait() {
        MqttException lost = new MqttException(MqttException.REASON_CODE_CONNECTION_LOST);
        assertThatThrownBy(() ->
                        Mqtt3Link.await(token(org.eclipse.paho.client.mqttv3.IMqttToken.class, ends(lost)), 60_000))
                .isSameAs(lost);
        MqttException late = new MqttException(TIMED_OUT);
        assertThatThrownBy(() -> Mqtt3Link.await(token(org.eclipse.paho.client.mqttv3.IMqttToken.class, ends(late)), 0))
                .isSameAs(late);
    }

    private static Deque<Exception> ends(Exception... ends) {
        return new ArrayDeque<>(Arrays.asList(ends));
    }

    /** Each wait for it ends with the next of these; then it is answered. */
    private static <T> T token(Class<T> type, Deque<Exception> ends) {
        Object token = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, _, _) -> {
            if (!ends.isEmpty()) {
                throw ends.remove();
            }
            return null;
        });
        return type.cast(token);
    }
}

package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Record;
import org.heliograph.telemetry.wire.DeadLetter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PoisonHandlerTest {
    private static final byte[] VALUE = "nonsense".getBytes(StandardCharsets.UTF_8);

    private static ProcessingExceptionHandler.Response answer(@Nullable String topic, Exception failure) {
        return new PoisonHandler().handleError(new Failed(topic), new Record<>("test1/pdu-1", VALUE, 0), failure);
    }

    @Test
    void a_record_from_outside_goes_to_the_dead_letters_and_the_next_one_is_processed() {
        ProcessingExceptionHandler.Response answer = answer("hg.telemetry", new IllegalStateException("no such point"));

        assertThat(answer.result()).isEqualTo(ProcessingExceptionHandler.Result.RESUME);
        assertThat(answer.deadLetterQueueRecords()).singleElement().satisfies(dead -> {
            assertThat(dead.topic()).isEqualTo("hg.rejects");
            assertThat(dead.value()).isEqualTo(VALUE);
            assertThat(dead.headers().lastHeader(DeadLetter.SOURCE).value())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("hg.telemetry-3@17");
        });
    }

    @Test
    void a_record_of_the_engines_own_ends_the_thread() {
        assertThat(answer("heliograph-shares", new IllegalStateException("nobody's"))
                        .result())
                .isEqualTo(ProcessingExceptionHandler.Result.FAIL);
    }

    @Test
    void what_fails_by_the_clock_ends_the_thread_under_its_own_name() {
        assertThat(answer(null, new ArithmeticException("overflow")).result())
                .isEqualTo(ProcessingExceptionHandler.Result.FAIL);
    }

    /**
     * Where it failed.
     *
     * @param from without one it was no record, but a schedule
     */
    private record Failed(@Nullable String from) implements ErrorHandlerContext {
        @Override
        @SuppressWarnings("NullAway") // so it is with Kafka Streams
        public String topic() {
            return from;
        }

        @Override
        public int partition() {
            return 3;
        }

        @Override
        public long offset() {
            return 17;
        }

        @Override
        public Headers headers() {
            return new RecordHeaders();
        }

        @Override
        public String processorNodeId() {
            return "devices";
        }

        @Override
        public TaskId taskId() {
            return new TaskId(0, 3);
        }

        @Override
        public long timestamp() {
            return 0;
        }

        @Override
        public byte[] sourceRawKey() {
            return new byte[0];
        }

        @Override
        public byte[] sourceRawValue() {
            return VALUE;
        }
    }
}

package org.heliograph.streams.influx;

import java.io.IOException;
import java.util.regex.Pattern;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Takes nothing for the store's word that somebody on the way to it said: a login page isn't an acknowledgement, and
 * the 400 of a proxy that knows no such host says nothing of the points. Such an answer is as good as none: the store
 * is away. An InfluxDB in a cloud takes some points with 201 and says which it won't: that is a refusal, and the same
 * points may be written again.
 */
final class OwnWords implements Interceptor {
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final int BAD_REQUEST = 400;
    private static final int UNPROCESSABLE = 422;
    private static final int FIRST_BYTES = 4_096;

    /** An error as InfluxDB 2, 3 and QuestDB put it. */
    private static final Pattern ERROR = Pattern.compile("\\s*\\{.*\"(code|message|error)\".*", Pattern.DOTALL);

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response answer = chain.proceed(chain.request());
        boolean isWrite = chain.request().url().encodedPath().endsWith("/write");
        if (isWrite && answer.code() == CREATED && isOfStore(answer)) {
            return answer.newBuilder().code(BAD_REQUEST).build();
        }
        boolean isStranger = (isWrite && answer.isSuccessful() && answer.code() != NO_CONTENT)
                || ((answer.code() == BAD_REQUEST || answer.code() == UNPROCESSABLE) && !isOfStore(answer));
        if (isStranger) {
            answer.close();
            throw new IOException(
                    "HTTP " + answer.code() + " to " + chain.request().url().encodedPath()
                            + ", as no store answers: something else listens there, or stands between");
        }
        return answer;
    }

    private static boolean isOfStore(Response answer) throws IOException {
        return answer.header(StoreKind.VERSION) != null
                || answer.header("X-Server-Hostname") != null // VictoriaMetrics
                || ERROR.matcher(answer.peekBody(FIRST_BYTES).string()).matches();
    }
}

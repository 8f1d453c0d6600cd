package org.heliograph.lab.helm;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRuleSpec;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.strimzi.api.kafka.model.topic.KafkaTopicSpec;
import io.strimzi.api.kafka.model.user.KafkaUserSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rendered objects, read into the types that clients of Kubernetes have for them: of the current version, and of 1.30. */
final class TypedObjects {
    private static final Map<String, Class<?>> CURRENT = Map.of(
            "v1 ConfigMap", ConfigMap.class,
            "v1 Service", Service.class,
            "apps/v1 Deployment", Deployment.class,
            "apps/v1 StatefulSet", StatefulSet.class,
            "batch/v1 Job", Job.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
            "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
            "networking.k8s.io/v1 Ingress", Ingress.class,
            "gateway.networking.k8s.io/v1 HTTPRoute", HTTPRoute.class,
            "monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class);

    /** Of operators, of which the part that says what is wanted. */
    private static final Map<String, Class<?>> SPECIFIED = Map.of(
            "monitoring.coreos.com/v1 PrometheusRule", PrometheusRuleSpec.class,
            "kafka.strimzi.io/v1 KafkaTopic", KafkaTopicSpec.class,
            "kafka.strimzi.io/v1 KafkaUser", KafkaUserSpec.class);

    private static final Map<String, Strict> OF_1_30 = Map.of(
            "v1 ConfigMap", V1ConfigMap::validateJsonObject,
            "v1 Service", V1Service::validateJsonObject,
            "apps/v1 Deployment", V1Deployment::validateJsonObject,
            "apps/v1 StatefulSet", V1StatefulSet::validateJsonObject,
            "batch/v1 Job", V1Job::validateJsonObject,
            "policy/v1 PodDisruptionBudget", V1PodDisruptionBudget::validateJsonObject,
            "networking.k8s.io/v1 NetworkPolicy", V1NetworkPolicy::validateJsonObject,
            "networking.k8s.io/v1 Ingress", V1Ingress::validateJsonObject);

    private static final ObjectMapper STRICT = new ObjectMapper().setAnnotationIntrospector(new NothingElse());

    private interface Strict {
        void judge(JsonObject object) throws IOException;
    }

    /** The types would keep what they don't know. */
    private static final class NothingElse extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public @Nullable Boolean hasAnySetter(Annotated any) {
            return Boolean.FALSE;
        }

        @Override
        public JsonIgnoreProperties.Value findPropertyIgnoralByName(MapperConfig<?> config, Annotated any) {
            return super.findPropertyIgnoralByName(config, any).withoutIgnoreUnknown();
        }
    }

    private TypedObjects() {}

    /** What is wrong with some objects, a sentence for each that isn't one of those that are known. */
    static List<String> faults(Manifests manifests) {
        List<String> faults = new ArrayList<>();
        for (JsonNode object : manifests.objects()) {
            String kind = object.path("apiVersion").asText() + " "
                    + object.path("kind").asText();
            String name = kind + " " + Manifests.name(object) + ": ";
            try {
                if (CURRENT.containsKey(kind)) {
                    STRICT.treeToValue(object, CURRENT.get(kind));
                } else if (SPECIFIED.containsKey(kind)) {
                    STRICT.treeToValue(object.path("spec"), SPECIFIED.get(kind));
                } else {
                    faults.add(name + "unknown");
                }
                Strict old = OF_1_30.get(kind);
                if (old != null) {
                    old.judge(JsonParser.parseString(object.toString()).getAsJsonObject());
                }
            } catch (JsonProcessingException e) {
                faults.add(name + e.getOriginalMessage());
            } catch (IOException | IllegalArgumentException e) {
                faults.add(name + e.getMessage());
            }
        }
        return faults;
    }
}

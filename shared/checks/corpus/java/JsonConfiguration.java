package io.shop.connector;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.InputStream;
import java.io.ObjectInputStream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

@Configuration
public class JsonConfiguration {
    @Bean
    public ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.enable(SerializationFeature.INDENT_OUTPUT);
        return mapper;
    }

    @Bean
    public ObjectMapper legacyMapper() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.enableDefaultTyping(ObjectMapper.DefaultTyping.NON_FINAL); // finds: java-jackson-default-typing
        return mapper;
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    interface Step {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS, property = "@class") // finds: java-jackson-default-typing
    interface OldStep {}

    Object settings(InputStream in) {
        Yaml yaml = new Yaml(); // finds: java-snakeyaml-unsafe
        return yaml.load(in);
    }

    Object safeSettings(InputStream in) {
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
    }

    Object state(InputStream in) throws Exception {
        try (ObjectInputStream objects = new ObjectInputStream(in)) { // finds: java-unsafe-deserialization
            return objects.readObject();
        }
    }
}

package io.shop.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestTemplate;

@RestController
public class EventController {
    private static final Logger log = LoggerFactory.getLogger(EventController.class);
    private final ObjectMapper mapper;
    private final RestTemplate rest;
    private final String crmUrl;

    public EventController(ObjectMapper mapper, RestTemplate rest, CrmProperties properties) {
        this.mapper = mapper;
        this.rest = rest;
        this.crmUrl = properties.getUrl();
    }

    @PostMapping("/event")
    public ResponseEntity<Void> handle(@RequestBody PubSubEnvelope envelope) throws Exception {
        byte[] data = Base64.getDecoder().decode(envelope.getMessage().getData());
        JsonNode message = mapper.readTree(data);
        String type = message.path("type").asText();
        if (!"CustomerCreated".equals(type)) {
            log.debug("message of type {} left out", type);
            return ResponseEntity.noContent().build();
        }
        String id = message.path("resource").path("id").asText();
        rest.postForEntity(crmUrl + "/customers/" + id, message, Void.class);
        log.info("customer {} handed over", id);
        return ResponseEntity.noContent().build();
    }
}

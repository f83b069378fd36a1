package io.shop.connector;

import com.commercetools.api.models.cart.Cart;
import com.commercetools.api.models.extension.ExtensionInput;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;

@RestController
@RequestMapping("/cart")
public class CartExtensionController {
    private static final Logger LOGGER = LoggerFactory.getLogger(CartExtensionController.class);
    private static final int MAX_ITEMS = 50;
    private final String secret;

    public CartExtensionController(@Value("${extension.secret}") String secret) {
        this.secret = secret;
    }

    @PostMapping
    public ResponseEntity<Map<String, Object>> check(
            @RequestHeader("Authorization") String authorization, @RequestBody ExtensionInput input) {
        if (!MessageDigest.isEqual(authorization.getBytes(), ("Bearer " + secret).getBytes())) {
            LOGGER.warn("call without the extension's secret");
            return ResponseEntity.status(401).build();
        }
        Cart cart = (Cart) input.getResource().getObj();
        long total = cart.getLineItems().stream().mapToLong(item -> item.getQuantity()).sum();
        LOGGER.info("cart {} has {} items", cart.getId(), total);
        if (total > MAX_ITEMS) {
            return ResponseEntity.badRequest().body(Map.of("errors", List.of(Map.of("code", "InvalidInput"))));
        }
        return ResponseEntity.ok(Map.of("actions", List.of()));
    }
}

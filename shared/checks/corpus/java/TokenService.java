package io.shop.connector;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.interfaces.DecodedJWT;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;
import jakarta.servlet.http.HttpServletRequest;
import java.security.interfaces.RSAPublicKey;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public class TokenService {
    private static final Logger logger = LoggerFactory.getLogger(TokenService.class);
    private static final String DATABASE = "jdbc:postgresql://db.shop.io/tokens?user=tokens&password=q8Wz1Lm"; // finds: java-credentials-in-url
    private final RSAPublicKey key;

    public TokenService(RSAPublicKey key) {
        this.key = key;
    }

    public String user(HttpServletRequest request) {
        String header = request.getHeader("Authorization");
        DecodedJWT token = JWT.decode(header.substring(7)); // finds: java-jwt-not-verified
        return token.getSubject();
    }

    public String verifiedUser(HttpServletRequest request) {
        String header = request.getHeader("Authorization");
        return JWT.require(Algorithm.RSA256(key)).withIssuer("shop").build().verify(header.substring(7)).getSubject(); // clean
    }

    public Claims claims(String token) {
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(token).getPayload(); // clean
    }

    public Claims looseClaims(String token) {
        return Jwts.parser().unsecured().build().parseUnsecuredClaims(token).getPayload(); // finds: java-jwt-not-verified
    }

    public boolean matches(HttpServletRequest request, String name) {
        String filter = request.getParameter("filter");
        logger.info("filter by {} in {}", filter, DATABASE.length());
        return Pattern.compile(filter).matcher(name).find(); // finds: java-regex-from-request
    }

    public void trace(HttpServletRequest request) {
        logger.trace("authorization: {}", request.getHeader("Authorization")); // finds: java-secret-logged
        logger.trace("trace id: {}", request.getHeader("X-Trace-Id"));
    }
}

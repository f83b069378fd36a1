package io.shop.connector;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

public class PaymentCrypto {
    private static final byte[] IV = "abcdefghijklmnop".getBytes(StandardCharsets.UTF_8);
    private final byte[] key;

    public PaymentCrypto(byte[] key) {
        this.key = key;
    }

    public byte[] seal(byte[] data) throws Exception {
        byte[] nonce = new byte[12];
        new SecureRandom().nextBytes(nonce);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce)); // clean
        return cipher.doFinal(data);
    }

    public byte[] legacySeal(byte[] data) throws Exception {
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(IV)); // finds: java-static-iv
        return cipher.doFinal(data);
    }

    public byte[] bankFile(byte[] data) throws Exception {
        Cipher cipher = Cipher.getInstance("DESede/ECB/PKCS5Padding"); // finds: java-weak-cipher
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DESede"));
        return cipher.doFinal(data);
    }

    public byte[] fingerprint(byte[] data) throws Exception {
        return MessageDigest.getInstance("SHA-1").digest(data); // finds: java-weak-hash
    }

    public boolean verify(String body, String signature) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("shop-webhook-key".getBytes(StandardCharsets.UTF_8), "HmacSHA256")); // finds: java-hard-coded-key
        String expected = hex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        return expected.equals(signature); // finds: java-timing-unsafe-comparison
    }

    private static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(String.format("%02x", b));
        }
        return text.toString();
    }
}

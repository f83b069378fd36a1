package io.shop.connector;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.springframework.web.multipart.MultipartFile;

public class ExportService {
    private final Path root = Path.of("/data/exports");

    public void unpack(InputStream in, File target) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(in)) {
            ZipEntry entry;
            while ((entry = zip.getNextEntry()) != null) {
                File file = new File(target, entry.getName()); // finds: java-zip-slip
                Files.copy(zip, file.toPath());
            }
        }
    }

    public void unpackSafely(InputStream in) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = root.resolve(entry.getName()).normalize();
                if (!file.startsWith(root)) {
                    throw new IOException("The entry leaves the folder.");
                }
                Files.copy(zip, file);
            }
        }
    }

    public void store(MultipartFile upload) throws IOException {
        File target = new File("/data/uploads/" + upload.getOriginalFilename()); // finds: java-path-traversal
        upload.transferTo(target);
    }

    public void report(String text) throws IOException {
        try (FileOutputStream out = new FileOutputStream("/tmp/report.txt")) { // finds: java-unsafe-temp-file
            out.write(text.getBytes());
        }
        Path safe = Files.createTempFile("report", ".txt");
        Files.writeString(safe, text);
    }

    public void compress(String folder) throws IOException {
        Runtime.getRuntime().exec("tar -czf /data/out.tgz " + folder); // finds: java-shell-command-from-parts
        new ProcessBuilder("tar", "-czf", "/data/out.tgz", folder).start();
    }
}

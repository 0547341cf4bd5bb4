using ChatApp.Data;

namespace ChatApp.Transfer;

/// <summary>A file that somebody sends, kept on the disk while it is read: gone with its stream, and for nobody else's eyes.</summary>
internal static class SpooledUpload
{
    /// <summary>Receives it.</summary>
    /// <exception cref="RequestProblem">It did not arrive whole.</exception>
    public static async Task<FileStream> ReceiveAsync(Stream body, CancellationToken cancellationToken)
    {
        var file = Create();
        try
        {
            await body.CopyToAsync(file, cancellationToken);
            return file;
        }
        catch (Exception e)
        {
            await file.DisposeAsync();
            // The client went away in the middle; too large a body tells of itself.
            if (e is IOException and not BadHttpRequestException)
                throw RequestProblem.Invalid("file", "The file did not arrive whole.");
            throw;
        }
    }

    private static FileStream Create()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous };
        // Everybody on the machine may look into the folder of temporary files. Windows has one for each user.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
    }
}

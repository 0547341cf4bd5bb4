namespace ChatApp.Data;

/// <summary>Configuration section <c>Data</c>.</summary>
public sealed class DataOptions
{
    /// <summary>Folder of the database and the key ring; relative to the working directory.</summary>
    public string Directory { get; set; } = "data";

    /// <summary>The folder as an absolute path.</summary>
    public string FullDirectory => Path.GetFullPath(Directory);

    /// <summary>The database's file.</summary>
    public string DatabaseFile => Path.Combine(FullDirectory, "chat.db");

    /// <summary>How long a statement tries again while another connection writes. A person who waits for a page is told soon.</summary>
    internal TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    public string SqliteConnectionString => $"Data Source={DatabaseFile};Foreign Keys=True;Default Timeout={Patience.TotalSeconds:0}";
}

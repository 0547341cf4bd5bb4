namespace ChatApp.Transfer;

/// <summary>Metadata of a page whose form has a file to import.</summary>
internal interface IImportPage
{
    /// <summary>Where a person goes whose other import is still going on.</summary>
    string BusyAddress { get; }
}

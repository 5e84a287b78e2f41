"""What is read of rhythms and closures. One file each; nothing here writes."""
